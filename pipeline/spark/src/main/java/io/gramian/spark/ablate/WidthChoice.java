package io.gramian.spark.ablate;

import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.RatioAllocation;
import io.gramian.spark.allocate.Influences;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** How a model's keep ratio is shared out over its blocks. */
public sealed interface WidthChoice extends Serializable {

  /** Name in tables. */
  String label();

  /** What the outcome depends on, as text. */
  String recipe();

  /** The widths of every block for a ratio. */
  Function<KeepRatio, Map<Integer, BlockWidths>> of(
      DecoderSpec spec, DeviceProfile profile, HadoopDirectory statistics) throws IOException;

  /** Every block the same. */
  record Uniform() implements WidthChoice {

    @Override
    public String label() {
      return Ablation.UNIFORM;
    }

    @Override
    public String recipe() {
      return label();
    }

    @Override
    public Function<KeepRatio, Map<Integer, BlockWidths>> of(
        DecoderSpec spec, DeviceProfile profile, HadoopDirectory statistics) {
      return ratio -> {
        Map<Integer, BlockWidths> widths = new HashMap<>();
        spec.blocks()
            .forEach(
                block ->
                    widths.put(
                        block.blockIndex(),
                        BlockWidths.uniform(block, ratio, profile.granularity())));
        return widths;
      };
    }
  }

  /** By the influence of layers or blocks. */
  record ByInfluence(AllocationRule rule) implements WidthChoice {

    @Override
    public String label() {
      return rule.scope().allocationLabel();
    }

    @Override
    public String recipe() {
      return label() + " epsilon " + rule.epsilon() + " cap " + rule.cap();
    }

    @Override
    public Function<KeepRatio, Map<Integer, BlockWidths>> of(
        DecoderSpec spec, DeviceProfile profile, HadoopDirectory statistics) throws IOException {
      RatioAllocation ratios =
          new RatioAllocation(spec, Influences.read(statistics, spec, rule.scope()), rule, profile);
      return ratio -> ratios.at(ratio).widths(spec);
    }
  }
}
