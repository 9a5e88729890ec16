package io.gramian.compress;

import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Widths for tests. */
public final class RandomWidths {

  /** The finest steps there are. */
  private static final Granularity FINE = new Granularity(1, 2, 1, 1);

  private RandomWidths() {}

  /** Every block at the same ratio. */
  public static Map<Integer, BlockWidths> uniform(DecoderSpec spec, double ratio) {
    Map<Integer, BlockWidths> widths = new HashMap<>();
    spec.blocks()
        .forEach(
            block ->
                widths.put(
                    block.blockIndex(), BlockWidths.uniform(block, new KeepRatio(ratio), FINE)));
    return widths;
  }

  /** Any number from 1 to all of every coupling and segment, in every block another. */
  public static Map<Integer, BlockWidths> random(DecoderSpec spec, Random random) {
    Map<Integer, BlockWidths> widths = new HashMap<>();
    spec.blocks().forEach(block -> widths.put(block.blockIndex(), random(block, random)));
    return widths;
  }

  private static BlockWidths random(ResidualBlock block, Random random) {
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (CoupledUnits units : CouplingGroups.of(block)) {
      kept.computeIfAbsent(
          units.group().coupling(),
          coupling -> units.segments().stream().map(s -> 1 + random.nextInt(s.units())).toList());
    }
    return new BlockWidths(kept);
  }
}
