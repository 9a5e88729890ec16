package io.gramian.spark.allocate;

import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.RatioAllocation;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes the allocations of a run. No job: it reads one number a block. */
public final class Allocate {

  /** Name of the phase. */
  public static final String PHASE = "allocate";

  /** Its folder in a run. */
  public static final String RATIOS = "ratios";

  private Allocate() {}

  /**
   * Writes one file a ratio into {@code output}.
   *
   * @param statistics folder that {@code calibrate} wrote from this model
   * @return the allocations, widest first
   * @throws io.gramian.checkpoint.UserException if a ratio cannot be reached; then nothing is
   *     written
   */
  public static List<Allocation> run(
      AllocateRequest request, DecoderSpec spec, HadoopDirectory statistics, HadoopDirectory output)
      throws IOException {
    RatioAllocation ratios =
        new RatioAllocation(
            spec,
            Influences.read(statistics, spec, request.rule().scope()),
            request.rule(),
            request.profile());
    List<Allocation> allocations = request.keepRatios().stream().map(ratios::at).toList();
    for (Allocation allocation : allocations) {
      allocation.write(output);
    }
    return allocations;
  }

  /** The allocations that {@link #run} wrote for these ratios. */
  public static List<Allocation> read(HadoopDirectory folder, List<KeepRatio> keepRatios)
      throws IOException {
    List<Allocation> allocations = new ArrayList<>();
    for (KeepRatio ratio : keepRatios) {
      allocations.add(Allocation.read(folder, Allocation.fileName(ratio)));
    }
    return allocations;
  }
}
