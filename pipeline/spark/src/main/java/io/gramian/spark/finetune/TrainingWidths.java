package io.gramian.spark.finetune;

import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.RatioAllocation;
import io.gramian.spark.allocate.Allocate;
import io.gramian.spark.allocate.Influences;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The widths of every block at every keep ratio of a training. Where the run has an allocation, its
 * rule and profile allocate all of them, those it wrote and those it did not; else all blocks keep
 * the same fraction.
 *
 * @param run folder of the run
 * @param model decoder of the checkpoint as it came, which influences were measured on
 * @param sorted decoder of the sorted checkpoint, which is cut
 * @param steps to which uniform widths are rounded
 */
public record TrainingWidths(
    HadoopDirectory run, DecoderSpec model, DecoderSpec sorted, Granularity steps) {

  /**
   * Widths by keep ratio and block index; the whole model needs none.
   *
   * @throws io.gramian.checkpoint.UserException if the allocation cannot reach a ratio, is damaged,
   *     or of another model
   */
  public SortedMap<KeepRatio, Map<Integer, BlockWidths>> of(Collection<KeepRatio> ratios)
      throws IOException {
    Optional<RatioAllocation> allocation = allocation();
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths = new TreeMap<>();
    for (KeepRatio ratio : ratios) {
      if (!ratio.equals(KeepRatio.FULL)) {
        widths.put(
            ratio, allocation.map(a -> a.at(ratio).widths(sorted)).orElseGet(() -> uniform(ratio)));
      }
    }
    return widths;
  }

  /** The run's rule; every file of its allocation holds it. */
  private Optional<RatioAllocation> allocation() throws IOException {
    HadoopDirectory folder = run.resolve(Allocate.RATIOS);
    Optional<String> file = folder.list().stream().findFirst();
    if (file.isEmpty()) {
      return Optional.empty();
    }
    Allocation written = Allocation.read(folder, file.get());
    return Optional.of(
        new RatioAllocation(
            model,
            Influences.read(run.resolve(Calibrate.STATISTICS), model, written.rule().scope()),
            written.rule(),
            written.profile()));
  }

  private Map<Integer, BlockWidths> uniform(KeepRatio ratio) {
    Map<Integer, BlockWidths> widths = new TreeMap<>();
    sorted.blocks().forEach(b -> widths.put(b.blockIndex(), BlockWidths.uniform(b, ratio, steps)));
    return widths;
  }
}
