package io.gramian.edge.decode;

import io.gramian.model.BlockWidths;
import io.gramian.model.LinearSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.util.Map;

/**
 * A residual block's weights: maps where they are stored, small tensors in Java memory.
 *
 * @param block as wide as it is stored
 * @param pairs how the two channels of a RoPE pair are stored
 * @param maps by the name of the weight
 * @param vectors all else but the maps' biases, by name
 */
record StoredBlock(
    ResidualBlock block,
    PairLayout pairs,
    Map<String, StoredMap> maps,
    Map<String, StoredVector> vectors) {

  StoredMap map(LinearSpec spec) {
    return maps.get(spec.weight());
  }

  StoredVector vector(String name) {
    return vectors.get(name);
  }

  /** The block's description at a width. */
  ResidualBlock at(BlockWidths widths) {
    return NarrowedBlock.of(block, widths);
  }

  /** Bytes of all its tensors. */
  long bytes() {
    return maps.values().stream().mapToLong(StoredMap::bytes).sum()
        + vectors.values().stream().mapToLong(StoredVector::bytes).sum();
  }

  /** Bytes of them that a width reads. */
  long bytesRead(BlockWidths widths) {
    return maps.values().stream().mapToLong(map -> map.bytesRead(widths)).sum()
        + vectors.values().stream()
            .mapToLong(vector -> (long) vector.at(widths).length * Float.BYTES)
            .sum();
  }
}
