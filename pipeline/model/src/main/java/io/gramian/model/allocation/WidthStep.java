package io.gramian.model.allocation;

import io.gramian.model.Coupling;
import java.util.Comparator;
import java.util.List;

/**
 * One coupling of one block getting narrower by one step of the device profile.
 *
 * @param block its index
 * @param coupling which
 * @param kept units of each segment afterwards
 * @param logScale {@code ln c} at which rounding lets go of the step, {@code c} counted from the
 *     least influential block's rate
 * @param saved parameters that go
 */
record WidthStep(int block, Coupling coupling, List<Integer> kept, double logScale, long saved) {

  /**
   * Smaller {@code c} first; at the same {@code c} one block after the other, so that the order is
   * total and a narrower model always lies within a wider one.
   */
  static final Comparator<WidthStep> ORDER =
      Comparator.comparingDouble(WidthStep::logScale)
          .thenComparingInt(WidthStep::block)
          .thenComparing(WidthStep::coupling)
          .thenComparing(step -> -step.saved());
}
