package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.security.AccessControlException;

/**
 * What went wrong, as a person is told it, and as an exit code.
 *
 * <p>A {@link UserException} that a task throws reaches the driver wrapped. Usually it is a cause
 * of Spark's exception; where the executor's exception could not be carried over as an object, all
 * that is left of it is its text in the message of Spark's. Both count as the user's.
 */
final class Failure {

  static final int DONE = 0;
  static final int USER_ERROR = 2;
  static final int BUG = 3;

  private static final Pattern QUOTED =
      Pattern.compile(Pattern.quote(UserException.class.getName()) + ": ([^\\r\\n]+)");

  private Failure() {}

  /** Tells {@code err} about a failure; returns the exit code. */
  static int report(Throwable failure, PrintWriter err) {
    Optional<String> message = userMessage(failure);
    if (message.isPresent()) {
      err.println("gramian: " + oneLine(message.get()));
      return USER_ERROR;
    }
    failure.printStackTrace(err);
    err.println(
        "gramian: this is a bug in Gramian, not a mistake of yours; please report it with the"
            + " stack trace above and the command line");
    return BUG;
  }

  /** The message of the first {@link UserException} along the causes, in whatever wrapping. */
  static Optional<String> userMessage(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable at = failure; at != null && seen.add(at); at = at.getCause()) {
      if (at instanceof UserException) {
        return Optional.ofNullable(at.getMessage());
      }
    }
    return Stream.<Function<Throwable, Optional<String>>>of(Failure::quoted, Failure::environment)
        .map(reading -> first(seen, reading))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> first(
      Set<Throwable> causes, Function<Throwable, Optional<String>> reading) {
    return causes.stream().map(reading).flatMap(Optional::stream).findFirst();
  }

  /** What the machine or the cluster refused: nothing that Gramian could do better. */
  private static Optional<String> environment(Throwable failure) {
    boolean refused =
        failure instanceof ConnectException
            || failure instanceof UnknownHostException
            || failure instanceof AccessDeniedException
            || failure instanceof AccessControlException;
    return refused
        ? Optional.of(failure.getClass().getSimpleName() + ": " + failure.getMessage())
        : Optional.empty();
  }

  private static Optional<String> quoted(Throwable failure) {
    Matcher matcher = QUOTED.matcher(String.valueOf(failure.getMessage()));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** Line breaks of a message, with the spaces around them, become one space. */
  static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
