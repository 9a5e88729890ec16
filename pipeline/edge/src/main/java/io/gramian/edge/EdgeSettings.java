package io.gramian.edge;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.kernel.Kernels;
import java.util.Locale;

/**
 * On what a model runs.
 *
 * @param threads that compute a pass together; not more than there are processors, since they wait
 *     for each other by spinning
 * @param kernels what multiplies
 */
public record EdgeSettings(int threads, Kernels.Choice kernels) {

  /** Refuses fewer threads than one. */
  public EdgeSettings {
    if (threads < 1) {
      throw new UserException(String.format(Locale.ROOT, "%d threads: give at least 1", threads));
    }
  }

  /** All processors, and the best kernels that this JVM has. */
  public static EdgeSettings ofThisMachine() {
    return new EdgeSettings(Runtime.getRuntime().availableProcessors(), Kernels.best());
  }
}
