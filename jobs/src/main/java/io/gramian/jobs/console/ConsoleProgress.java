package io.gramian.jobs.console;

import io.gramian.spark.progress.ProgressListener;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Chooses how progress is shown. */
public final class ConsoleProgress {

  /** Set by the launcher, which can ask the shell; a JVM cannot ask about standard error. */
  private static final String TERMINAL_PROPERTY = "gramian.terminal";

  private ConsoleProgress() {}

  /** A bar if standard error is a terminal, a line now and then if it is a file or a pipe. */
  public static ProgressListener onStandardError() {
    if (Boolean.getBoolean(TERMINAL_PROPERTY)) {
      return new ProgressBars(System.err);
    }
    return new ProgressLines(
        new PrintWriter(System.err, true, StandardCharsets.UTF_8), System::nanoTime);
  }
}
