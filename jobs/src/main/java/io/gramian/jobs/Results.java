package io.gramian.jobs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;

/**
 * Where results go and nothing else: standard output.
 *
 * <p>Native libraries print to file descriptor 1 as they please (Gloo tells of its connections),
 * and Java cannot stop them. The launcher therefore points descriptor 1 at standard error and hands
 * standard output over under another number, named by a system property.
 */
final class Results {

  /** The number; where it is not set, descriptor 1 is standard output as usual. */
  private static final String PROPERTY = "gramian.results.fd";

  private Results() {}

  static OutputStream stream() {
    int number = Integer.getInteger(PROPERTY, 1);
    return number == 1 ? System.out : new FileOutputStream(descriptor(number));
  }

  /**
   * Opening {@code /dev/fd/3} instead would fail for a socket and restart a file. The launcher's
   * options open {@code java.io}, as Spark's own do.
   */
  private static FileDescriptor descriptor(int number) {
    try {
      Constructor<FileDescriptor> constructor =
          FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      return constructor.newInstance(number);
    } catch (NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalStateException("file descriptor " + number + " cannot be used", e);
    }
  }
}
