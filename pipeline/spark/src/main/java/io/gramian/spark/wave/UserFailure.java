package io.gramian.spark.wave;

import io.gramian.checkpoint.UserException;
import java.util.Optional;
import java.util.function.Supplier;

/** Spark wraps what a task throws; a line that is meant for the user is taken out again. */
public final class UserFailure {

  private UserFailure() {}

  /** The first {@link UserException} along the causes. */
  public static Optional<UserException> in(Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof UserException user) {
        return Optional.of(user);
      }
    }
    return Optional.empty();
  }

  /**
   * Runs a job.
   *
   * @throws UserException what a task of it threw, with Spark's exception as its cause
   */
  public static <T> T unwrapped(Supplier<T> job) {
    try {
      return job.get();
    } catch (Exception e) {
      // Spark's exceptions are checked ones that it does not declare.
      if (e instanceof UserException || in(e).isEmpty()) {
        throw e;
      }
      throw new UserException(in(e).get().getMessage(), e);
    }
  }
}
