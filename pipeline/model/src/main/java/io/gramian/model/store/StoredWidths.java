package io.gramian.model.store;

import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.DecoderSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.UnitSegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The checks that widths from a file go through before they narrow a block. */
final class StoredWidths {

  private StoredWidths() {}

  /** The same widths with every coupling of {@code block} spelt out. */
  static BlockWidths complete(ResidualBlock block, BlockWidths widths) {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    CouplingGroups.of(block).forEach(units -> kept.put(units.group().coupling(), widths.of(units)));
    return new BlockWidths(kept);
  }

  static void requireBlock(DecoderSpec spec, int block) {
    int blocks = spec.blocks().size();
    if (block < 0 || block >= blocks) {
      throw GramianMetadata.refusal(
          "widths of block %d, but the model has blocks 0..%d", block, blocks - 1);
    }
  }

  /**
   * {@code block} at {@code widths}, null where the file has none for it.
   *
   * @throws io.gramian.checkpoint.UserException if they are not widths of such a block
   */
  static ResidualBlock narrow(ResidualBlock block, BlockWidths widths) {
    int index = block.blockIndex();
    if (widths == null) {
      throw GramianMetadata.refusal("no widths of block %d, although others have them", index);
    }
    BlockWidths all = complete(block, new BlockWidths(Map.of()));
    for (Coupling coupling : widths.kept().keySet()) {
      if (!all.kept().containsKey(coupling)) {
        throw GramianMetadata.refusal(
            "a width of %s for block %d, but that is %s",
            coupling.label(), index, block.mixer().kind());
      }
    }
    for (CoupledUnits units : CouplingGroups.of(block)) {
      requireWidth(units, widths.kept().get(units.group().coupling()));
    }
    return NarrowedBlock.of(block, widths);
  }

  private static void requireWidth(CoupledUnits units, List<Integer> kept) {
    int block = units.group().blockIndex();
    String coupling = units.group().coupling().label();
    if (kept == null) {
      throw GramianMetadata.refusal("no width of %s for block %d", coupling, block);
    }
    List<UnitSegment> segments = units.segments();
    if (kept.size() != segments.size()) {
      throw GramianMetadata.refusal(
          "block %d has %d widths of %s, but the model has %d kinds of them",
          block, kept.size(), coupling, segments.size());
    }
    for (int i = 0; i < kept.size(); i++) {
      int least = i == 0 ? 1 : 0;
      int most = segments.get(i).units();
      if (kept.get(i) < least || kept.get(i) > most) {
        throw GramianMetadata.refusal(
            "block %d keeps %d of %s, but it must keep %d to %d",
            block, kept.get(i), coupling, least, most);
      }
    }
  }
}
