package io.gramian.spark.slice;

import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.spark.allocate.Allocate;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The widths that a run has for a keep ratio: those that {@code allocate} wrote for it, else every
 * block at the same ratio.
 *
 * @param run folder of the run
 * @param steps to which uniform widths are rounded; an allocation is rounded already
 */
public record RunWidths(HadoopDirectory run, Granularity steps) {

  /** Widths, and where they come from. */
  public record Chosen(String allocation, Map<Integer, BlockWidths> widths) {

    /** Of {@link #allocation}: {@code allocate}'s. */
    public static final String ALLOCATED = "allocated";

    /** Of {@link #allocation}: every block the same. */
    public static final String UNIFORM = "uniform";

    /** Nothing is dropped. */
    public static final Chosen WHOLE = new Chosen(UNIFORM, Map.of());

    public Chosen {
      widths = new TreeMap<>(widths);
    }
  }

  /** The folder of a slice, and the name of an allocation: {@code keep-0.85}. */
  public static String name(KeepRatio ratio) {
    return Allocation.fileName(ratio).replace(".json", "");
  }

  /** Whether {@code allocate} wrote widths for that ratio. */
  public boolean isAllocated(KeepRatio ratio) throws IOException {
    return !ratio.equals(KeepRatio.FULL)
        && run.resolve(Allocate.RATIOS).exists(Allocation.fileName(ratio));
  }

  /**
   * All widths that {@code allocate} wrote, by ratio.
   *
   * @throws io.gramian.checkpoint.UserException if an allocation is damaged or of another model
   */
  public SortedMap<KeepRatio, Map<Integer, BlockWidths>> allocated(DecoderSpec spec)
      throws IOException {
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths = new TreeMap<>();
    HadoopDirectory ratios = run.resolve(Allocate.RATIOS);
    for (String file : ratios.list()) {
      if (file.matches("keep-.*\\.json")) {
        Allocation allocation = Allocation.read(ratios, file);
        widths.put(allocation.keepRatio(), allocation.widths(spec));
      }
    }
    return widths;
  }

  /**
   * The widths of every block.
   *
   * @throws io.gramian.checkpoint.UserException if the allocation is damaged or of another model
   */
  public Chosen of(DecoderSpec spec, KeepRatio ratio) throws IOException {
    if (isAllocated(ratio)) {
      Allocation allocation =
          Allocation.read(run.resolve(Allocate.RATIOS), Allocation.fileName(ratio));
      return new Chosen(Chosen.ALLOCATED, allocation.widths(spec));
    }
    Map<Integer, BlockWidths> widths = new TreeMap<>();
    spec.blocks().forEach(b -> widths.put(b.blockIndex(), BlockWidths.uniform(b, ratio, steps)));
    return new Chosen(Chosen.UNIFORM, widths);
  }
}
