package io.gramian.edge;

import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.Quantisation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** The widths of a model by keep ratio; each is worked out once. */
final class Widths {

  private final DecoderSpec spec;
  private final Optional<Quantisation> quantisation;
  private final Map<KeepRatio, Map<Integer, BlockWidths>> known = new ConcurrentHashMap<>();

  Widths(DecoderSpec spec, Optional<Quantisation> quantisation) {
    this.spec = spec;
    this.quantisation = quantisation;
  }

  Optional<Quantisation> quantisation() {
    return quantisation;
  }

  int vocabularySize() {
    return spec.vocabularySize();
  }

  Map<Integer, BlockWidths> at(KeepRatio ratio) {
    return known.computeIfAbsent(ratio, this::make);
  }

  /**
   * What caches need for every width up to a ratio: of each coupling the most that one of them
   * keeps. Allocations differ from block to block, so a smaller ratio may keep more of a block.
   */
  Map<Integer, BlockWidths> mostUpTo(KeepRatio ratio) {
    Map<Integer, BlockWidths> most = new TreeMap<>(at(ratio));
    if (!ratio.equals(KeepRatio.FULL)) {
      Quantisation how = quantisation.orElseThrow();
      List<Map<Integer, BlockWidths>> others = new ArrayList<>();
      others.add(uniform(ratio, how));
      others.addAll(how.widths().headMap(ratio).values());
      for (Map<Integer, BlockWidths> other : others) {
        other.forEach((block, widths) -> most.merge(block, widths, Widths::most));
      }
    }
    return most;
  }

  /** A coupling that is missing in one of them keeps all. */
  private static BlockWidths most(BlockWidths one, BlockWidths other) {
    Map<Coupling, List<Integer>> most = new EnumMap<>(Coupling.class);
    one.kept()
        .forEach(
            (coupling, counts) -> {
              List<Integer> others = other.kept().get(coupling);
              if (others != null) {
                most.put(coupling, most(counts, others));
              }
            });
    return new BlockWidths(most);
  }

  private static List<Integer> most(List<Integer> one, List<Integer> other) {
    return IntStream.range(0, one.size())
        .mapToObj(i -> Math.max(one.get(i), other.get(i)))
        .toList();
  }

  private Map<Integer, BlockWidths> make(KeepRatio ratio) {
    if (ratio.equals(KeepRatio.FULL)) {
      return all();
    }
    Quantisation how =
        quantisation.orElseThrow(
            () ->
                new UserException(
                    "keep ratio "
                        + ratio
                        + " of a checkpoint of floating-point numbers: only a packed artifact has"
                        + " every width; give one that gramian quantize wrote, or a slice of the"
                        + " checkpoint"));
    return how.widthsAt(ratio).orElseGet(() -> uniform(ratio, how));
  }

  private Map<Integer, BlockWidths> all() {
    Map<Integer, BlockWidths> all = new TreeMap<>();
    spec.blocks().forEach(block -> all.put(block.blockIndex(), new BlockWidths(Map.of())));
    return all;
  }

  private Map<Integer, BlockWidths> uniform(KeepRatio ratio, Quantisation how) {
    Map<Integer, BlockWidths> uniform = new TreeMap<>();
    for (ResidualBlock block : spec.blocks()) {
      uniform.put(
          block.blockIndex(), BlockWidths.uniform(block, ratio, how.profile().granularity()));
    }
    return uniform;
  }
}
