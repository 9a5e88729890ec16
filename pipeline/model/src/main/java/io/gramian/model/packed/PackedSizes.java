package io.gramian.model.packed;

import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import java.util.Map;
import java.util.TreeMap;

/** How many bytes a decoder's tensors take, from its description alone. */
public final class PackedSizes {

  private static final int BF16_BYTES = 2;

  private PackedSizes() {}

  /** Unpacked, two bytes a parameter; a table that embedding and head share counts once. */
  public static long bf16(DecoderSpec spec) {
    return BF16_BYTES * spec.parameterCount();
  }

  /**
   * In a packed artifact, embedding and head included, with every block at the same keep ratio.
   *
   * @throws io.gramian.checkpoint.UserException if a width cannot be packed two values to a byte
   */
  public static long at(DecoderSpec spec, KeepRatio ratio, DeviceProfile device) {
    Map<Integer, BlockWidths> widths = new TreeMap<>();
    for (ResidualBlock block : spec.blocks()) {
      widths.put(block.blockIndex(), BlockWidths.uniform(block, ratio, device.granularity()));
    }
    return PackedDecoder.of(spec, device.quantisationGroup()).at(widths).bytes();
  }
}
