package io.gramian.model.allocation;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The widths of every block for one keep ratio of the whole model.
 *
 * @param keepRatio asked for
 * @param achieved parameters of the narrowed blocks over parameters of the blocks; embedding, head
 *     and final norm do not count
 * @param rule how influence became pruning rates
 * @param profile whose steps widths are rounded to
 * @param blocks by block index
 */
public record Allocation(
    KeepRatio keepRatio,
    double achieved,
    AllocationRule rule,
    DeviceProfile profile,
    List<BlockAllocation> blocks)
    implements Serializable {

  /** The newest format that this version reads, and the one it writes. */
  public static final int FORMAT_VERSION = 1;

  public Allocation {
    blocks = List.copyOf(blocks);
  }

  /**
   * The file that holds the allocation for a ratio: {@code keep-0.85.json}, {@code keep-0.70.json}.
   */
  public static String fileName(KeepRatio ratio) {
    BigDecimal digits = BigDecimal.valueOf(ratio.value()).stripTrailingZeros();
    return "keep-" + digits.setScale(Math.max(2, digits.scale())).toPlainString() + ".json";
  }

  /**
   * Reads an allocation.
   *
   * @throws UserException if there is none of that name, it is damaged, or of a newer format
   */
  public static Allocation read(Directory directory, String file) throws IOException {
    String name = directory.name() + "/" + file;
    if (!directory.exists(file)) {
      throw new UserException(name + " is not there: run allocate with that --keep");
    }
    try (InputStream in = directory.read(file)) {
      return AllocationJson.parse(in.readAllBytes(), name);
    }
  }

  /** Writes it under {@link #fileName}, which it returns. Equal allocations give equal bytes. */
  public String write(Directory directory) throws IOException {
    String file = fileName(keepRatio);
    try (PendingFile pending = PendingFile.create(directory, file)) {
      pending.stream().write(AllocationJson.write(this));
      pending.commit();
    }
    return file;
  }

  /**
   * The widths of every block of {@code spec}, by block index.
   *
   * @throws UserException if the allocation was made for a model of other sizes
   */
  public Map<Integer, BlockWidths> widths(DecoderSpec spec) {
    if (spec.blocks().size() != blocks.size()) {
      throw foreign("it is for %d blocks, the model has %d", blocks.size(), spec.blocks().size());
    }
    Map<Integer, BlockWidths> widths = new TreeMap<>();
    for (ResidualBlock block : spec.blocks()) {
      BlockAllocation own = blocks.get(block.blockIndex());
      requireFit(own, block);
      widths.put(block.blockIndex(), own.blockWidths());
    }
    return widths;
  }

  private void requireFit(BlockAllocation own, ResidualBlock block) {
    BlockAllocation model = BlockAllocation.of(block, 0, KeepRatio.FULL, new BlockWidths(Map.of()));
    if (!own.mixer().equals(model.mixer())) {
      throw foreign(
          "block %d is %s in it and %s in the model",
          block.blockIndex(), own.mixer(), model.mixer());
    }
    if (!own.whole().equals(model.widths())) {
      throw foreign(
          "block %d has %s in it and %s in the model",
          block.blockIndex(), sizes(own.widths()), sizes(model.widths()));
    }
  }

  private static String sizes(Map<Coupling, List<SegmentWidth>> widths) {
    return widths.entrySet().stream()
        .map(entry -> entry.getKey().label() + " " + sizes(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String sizes(Collection<SegmentWidth> segments) {
    return segments.stream()
        .map(segment -> segment.of() + " " + segment.unit().label() + "s")
        .collect(Collectors.joining(" and "));
  }

  private UserException foreign(String format, Object... numbers) {
    return new UserException(
        fileName(keepRatio)
            + " does not fit the model: "
            + String.format(Locale.ROOT, format, numbers)
            + "; run allocate on this model");
  }
}
