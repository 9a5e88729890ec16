package io.gramian.checkpoint;

/**
 * A failure that the person at the keyboard can mend: a file that is not what it says, an option
 * that does not fit the model, memory that does not suffice.
 *
 * <p>The message is one line that says what is wrong, where, the numbers, and what to do. The
 * command line prints it without a stack trace and exits with 2. Everything else that is thrown is
 * a bug (exit 3).
 */
public final class UserException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With a message of one line. */
  public UserException(String message) {
    super(message);
  }

  /** With a message of one line and what it was concluded from. */
  public UserException(String message, Throwable cause) {
    super(message, cause);
  }
}
