package io.gramian.jobs;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a process of its own printed, and how it ended. */
record ProcessRun(long pid, int exitCode, String out, String err) {

  private static final int TIMEOUT_MINUTES = 5;

  /** The folder Gramian lies in. */
  static final Path ROOT = Path.of(System.getProperty("gramian.root"));

  /** Runs a process to its end; its output goes through files in {@code scratch}. */
  static ProcessRun of(ProcessBuilder builder, Path scratch) throws IOException {
    return of(builder, scratch, TIMEOUT_MINUTES);
  }

  /** The same, for processes that may take longer. */
  static ProcessRun of(ProcessBuilder builder, Path scratch, int minutes) throws IOException {
    File out = Files.createTempFile(scratch, "out", ".txt").toFile();
    File err = Files.createTempFile(scratch, "err", ".txt").toFile();
    Process process = builder.redirectOutput(out).redirectError(err).start();
    try {
      if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
        throw new AssertionError(
            builder.command() + " takes too long: " + Files.readString(err.toPath()));
      }
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    return new ProcessRun(
        process.pid(),
        process.exitValue(),
        Files.readString(out.toPath()),
        Files.readString(err.toPath()));
  }

  /** Lines of standard error, without the one that says where Spark runs. */
  List<String> complaints() {
    return err.lines().filter(line -> !line.contains(": Spark 4.")).toList();
  }
}
