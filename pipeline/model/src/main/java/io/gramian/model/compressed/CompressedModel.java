package io.gramian.model.compressed;

import io.gramian.checkpoint.packed.RegularBlocks;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.export.BlockPlacement;
import io.gramian.model.export.ExportSource;
import io.gramian.model.export.PairPlace;
import io.gramian.model.export.PlainLayers;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A decoder at a width as the format describes it: every map has groups of one size, the largest
 * whose bounds take in all of the artifact's.
 *
 * @param spec narrow
 * @param mlpSize channels of every MLP in the export
 * @param groupSizes by the last part of a map's name, for example {@code o_proj}
 */
record CompressedModel(DecoderSpec spec, int mlpSize, SortedMap<String, Integer> groupSizes) {

  /** Eight values of 4 bits share an I32. */
  static final int PER_WORD = 8;

  CompressedModel {
    groupSizes = Collections.unmodifiableSortedMap(new TreeMap<>(groupSizes));
  }

  static CompressedModel of(ExportSource source) {
    DecoderSpec spec = source.decoder().spec();
    int widest = Collections.max(PlainLayers.of(spec).mlpSizes());
    int size = (widest + PER_WORD - 1) / PER_WORD * PER_WORD;
    SortedMap<String, Integer> sizes = new TreeMap<>();
    for (PackedLayout layout : source.decoder().blocks()) {
      BlockPlacement placement = placement(layout.block(), size);
      for (PackedMap map : layout.maps()) {
        int[] columns = placement.of(map.map()).columns();
        sizes.merge(lastName(map.map()), groupSize(map, columns), CompressedModel::divisor);
      }
    }
    return new CompressedModel(spec, size, sizes);
  }

  /** The largest power-of-two part of a group that divides the columns into groups of one scale. */
  private static int groupSize(PackedMap map, int[] columns) {
    int size = divisor(map.group(), columns.length);
    while (RegularBlocks.of(map.groups(), columns, size).isEmpty()) {
      size = size % 2 == 0 ? size / 2 : 1;
    }
    return size;
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }

  /** {@code q_proj} of {@code model.layers.0.self_attn.q_proj.weight}. */
  static String lastName(LinearSpec map) {
    String name = moduleOf(map);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** The name without {@code .weight}. */
  static String moduleOf(LinearSpec map) {
    return map.weight().replaceFirst("\\.weight$", "");
  }

  /** Columns that share a scale in a map. */
  int groupSize(LinearSpec map) {
    return groupSizes.get(lastName(map));
  }

  /** Places of a block's maps. */
  BlockPlacement placement(ResidualBlock block) {
    return placement(block, mlpSize);
  }

  private static BlockPlacement placement(ResidualBlock block, int mlpSize) {
    return BlockPlacement.of(block, mlpSize, PairPlace.HALF_SPLIT);
  }

  /** The maps of each group size, by the last part of their names. */
  SortedMap<Integer, List<String>> mapsBySize() {
    return groupSizes.entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                TreeMap::new,
                Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
  }

  /** Group sizes that are no whole number of words; empty if the format can say all. */
  TreeSet<Integer> brokenWords() {
    return groupSizes.values().stream()
        .filter(size -> size % PER_WORD != 0)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Whether it is a Qwen2 model with an output bias for dropped values, which only Llama has:
   * computed alike, it is called one.
   */
  boolean becomesLlama() {
    return spec.family().equals("qwen2") && PlainLayers.of(spec).hasOutputBias();
  }
}
