package io.gramian.spark.hidden;

import java.nio.FloatBuffer;

/** Hidden states {@code [sequences, positions, h]} in memory of somebody else's, F32. */
@FunctionalInterface
public interface StateRows {

  /**
   * A view of consecutive positions of one sequence.
   *
   * @return {@code [count, h]}, row-major, from its position to its limit; valid as long as the
   *     memory is
   */
  FloatBuffer rows(int sequence, int from, int count);
}
