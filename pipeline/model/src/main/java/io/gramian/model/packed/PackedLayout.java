package io.gramian.model.packed;

import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.BlockWidths;
import io.gramian.model.LinearSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A block's tensors in a packed artifact.
 *
 * @param block the description of the sorted block; its norm has weight one in the artifact
 * @param group most columns that share one scale
 * @param maps in 4 bits, in the order of {@link io.gramian.model.Mixer#maps}
 * @param vectors all else: the norm, biases of maps, small tensors
 */
public record PackedLayout(
    ResidualBlock block, int group, List<PackedMap> maps, List<PackedVector> vectors)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public PackedLayout {
    maps = List.copyOf(maps);
    vectors = List.copyOf(vectors);
  }

  /**
   * The layout of a block.
   *
   * @throws io.gramian.checkpoint.UserException if a map cannot be packed two values to a byte,
   *     naming it
   */
  public static PackedLayout of(ResidualBlock block, int group) {
    PackedAxes axes = PackedAxes.of(block);
    Set<String> weights =
        block.mixer().maps().stream().map(LinearSpec::weight).collect(Collectors.toSet());
    Set<String> biases =
        block.mixer().maps().stream()
            .flatMap(map -> map.biasName().stream())
            .collect(Collectors.toSet());
    return new PackedLayout(
        block,
        group,
        block.mixer().maps().stream().map(map -> axes.map(map, group)).toList(),
        block.tensors().stream()
            .filter(tensor -> !weights.contains(tensor.name()))
            .map(tensor -> axes.vector(tensor, biases.contains(tensor.name())))
            .toList());
  }

  /**
   * The layout of the narrowed block.
   *
   * @throws io.gramian.checkpoint.UserException if a width keeps an odd number of columns
   */
  public PackedLayout at(BlockWidths widths) {
    return of(NarrowedBlock.of(block, widths), group);
  }

  /** The packed form of the map with that {@code weight}. */
  public PackedMap map(String weight) {
    return maps.stream()
        .filter(map -> map.map().weight().equals(weight))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no map " + weight));
  }

  /** Tensors on disk: of the maps in their order, then the vectors. */
  public List<TensorSpec> tensors() {
    return Stream.concat(
            maps.stream().flatMap(map -> map.tensors().stream()),
            vectors.stream().map(PackedVector::stored))
        .toList();
  }

  /** Bytes of all tensors. */
  public long bytes() {
    return tensors().stream().mapToLong(TensorSpec::bytes).sum();
  }
}
