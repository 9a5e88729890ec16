package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.spark.sql.SparkSession;

/**
 * The verbs inside a Spark session that is somebody else's, such as a notebook's.
 *
 * <pre>{@code
 * String scores = Gramian.in(spark).run("evaluate", "--keep=1.0,0.85", "--output=runs/llama-tiny");
 * }</pre>
 *
 * <p>The session stays open whatever happens, and nothing here ends the process. What {@code
 * GramianSession} sets for a session of its own is for whoever opened this one to set.
 */
public final class Gramian {

  private static final String SPEAKER = "gramian: ";

  private final SparkSession session;

  private Gramian(SparkSession session) {
    this.session = session;
  }

  /** Verbs that will run in {@code session}. */
  public static Gramian in(SparkSession session) {
    return new Gramian(session);
  }

  /**
   * Runs one command line to its end. Progress goes to the process's standard error.
   *
   * @param arguments the verb and its options, as {@code jobs/bin/gramian} takes them, but without
   *     {@code --master} and {@code --conf}, which are decided when a session starts
   * @return the results, as the command prints them
   * @throws UserException for what the user can mend, with the line that the command prints;
   *     results that it printed before are lost
   * @throws IllegalStateException for a bug, with the stack trace in its message
   */
  public String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.run(
            Main.commandLine(new GramianCommand(session)),
            arguments,
            new PrintWriter(out),
            new PrintWriter(err));
    return switch (code) {
      case Failure.DONE -> out.toString();
      case Failure.USER_ERROR -> throw new UserException(withoutSpeaker(err.toString()));
      default -> throw new IllegalStateException(err.toString());
    };
  }

  private static String withoutSpeaker(String message) {
    String line = Failure.oneLine(message);
    return line.startsWith(SPEAKER) ? line.substring(SPEAKER.length()) : line;
  }
}
