package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.ColumnGroups;

/**
 * How a test quantises.
 *
 * @param method of rounding
 * @param rule of scales
 * @param group most columns that share a scale
 * @param passes how often a block's activations are recorded
 */
public record Quantisation(Method method, ScaleRule rule, int group, Passes passes) {

  public enum Method {
    ROUND_TO_NEAREST,
    GPTQ
  }

  public enum Passes {
    /** Once, with the block's maps not yet quantised. */
    BLOCK,
    /** For every input anew, with the maps before it quantised. */
    INPUT
  }

  static Quantisation gptq(ScaleRule rule) {
    return new Quantisation(Method.GPTQ, rule, 128, Passes.BLOCK);
  }

  static Quantisation nearest(ScaleRule rule) {
    return new Quantisation(Method.ROUND_TO_NEAREST, rule, 128, Passes.BLOCK);
  }

  RowQuantiser quantiser(ColumnGroups groups, java.util.function.Supplier<GptqFactor> factor) {
    return method == Method.GPTQ
        ? new Gptq(factor.get(), groups, rule)
        : new RoundToNearest(groups, rule);
  }
}
