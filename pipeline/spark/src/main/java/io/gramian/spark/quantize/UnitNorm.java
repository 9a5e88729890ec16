package io.gramian.spark.quantize;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.NormSpec;
import io.gramian.spark.wave.WeightSource;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A norm whose weight was folded into what reads it, so that ones are left. */
record UnitNorm(NormSpec norm) implements WeightSource {

  private static final long serialVersionUID = 1L;

  /** The weight that is left. */
  float[] weight() {
    float[] ones = new float[norm.size()];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Override
  public Weights read(Checkpoint checkpoint) {
    return Scopes.compute(
        () -> Weights.of(Map.of(norm.weight(), Tensor.create(weight(), norm.size()))));
  }
}
