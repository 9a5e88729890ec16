package io.gramian.spark.wave;

import io.gramian.spark.hidden.StateRows;
import java.nio.FloatBuffer;
import org.bytedeco.pytorch.Tensor;

/**
 * A tensor's own memory; its views are valid as long as the tensor is.
 *
 * @param states {@code [sequences, positions, h]}, F32, contiguous
 */
record TensorRows(Tensor states) implements StateRows {

  @Override
  public FloatBuffer rows(int sequence, int from, int count) {
    try (Tensor positions = states.select(0, sequence);
        Tensor run = positions.narrow(0, from, count)) {
      return run.createBuffer();
    }
  }
}
