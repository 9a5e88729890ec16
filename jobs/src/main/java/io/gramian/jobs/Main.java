package io.gramian.jobs;

import io.gramian.jobs.recipe.RecipeDefaults;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Where {@code jobs/bin/gramian} and {@code spark-submit} enter.
 *
 * <p>Exit codes: 0 done, 2 for what the user can mend (one line on standard error), 3 for a bug
 * (with the stack trace). Success returns from {@link #main} instead of calling {@code
 * System.exit}, which YARN and Kubernetes drivers would take for a failure.
 */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(Results.stream(), true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(args, out, err);
    if (code != Failure.DONE) {
      System.exit(code);
    }
  }

  /**
   * Runs one command line to its end.
   *
   * @param out receives results
   * @param err receives errors; progress bars and logs go to the process's own standard error
   * @return the exit code
   */
  public static int run(String[] args, PrintWriter out, PrintWriter err) {
    return run(commandLine(), args, out, err);
  }

  /** As {@link #run(String[], PrintWriter, PrintWriter)}, with a command line of the caller's. */
  static int run(CommandLine line, String[] args, PrintWriter out, PrintWriter err) {
    line.setOut(out)
        .setErr(err)
        .setParameterExceptionHandler((failure, arguments) -> explain(failure))
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Failure.report(failure, command.getErr()));
    try {
      RecipeDefaults.apply(line, commandLine(), args);
      return line.execute(args);
    } catch (Throwable failure) {
      return Failure.report(failure, err);
    } finally {
      out.flush();
      err.flush();
    }
  }

  static CommandLine commandLine() {
    return commandLine(new GramianCommand());
  }

  static CommandLine commandLine(GramianCommand command) {
    return new CommandLine(command).setCaseInsensitiveEnumValuesAllowed(true);
  }

  /** A wrong option: what is wrong with it, and perhaps which one was meant. */
  private static int explain(ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.printf(
        "gramian: %s (see %s --help)%n",
        Failure.oneLine(failure.getMessage()), command.getCommandSpec().qualifiedName());
    UnmatchedArgumentException.printSuggestions(failure, err);
    return Failure.USER_ERROR;
  }
}
