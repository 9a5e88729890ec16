package io.gramian.spark.allocate;

import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import java.util.List;

/**
 * Which allocations to make.
 *
 * @param keepRatios targets for the whole model, one file each; a repeated one counts once
 * @param rule how influence becomes pruning rates
 * @param profile to whose steps widths are rounded
 */
public record AllocateRequest(
    List<KeepRatio> keepRatios, AllocationRule rule, DeviceProfile profile) {

  /** Widest first, each once. */
  public AllocateRequest {
    keepRatios = keepRatios.stream().distinct().sorted((a, b) -> b.compareTo(a)).toList();
  }
}
