package io.gramian.spark.wave;

import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import java.io.Serializable;
import java.util.List;

/**
 * Consecutive residual blocks that are in memory together. A wave never splits a Hugging Face
 * layer, so that the influence of a layer is seen whole.
 *
 * @param index position among the waves
 * @param blocks at least one
 */
record BlockWave(int index, List<ResidualBlock> blocks) implements Serializable {

  BlockWave {
    blocks = List.copyOf(blocks);
  }

  /** Every tensor of its blocks. */
  List<TensorShape> tensors() {
    return blocks.stream().flatMap(block -> block.tensors().stream()).toList();
  }

  /** Block number for people: {@code 0-11}. */
  String span() {
    return blocks.get(0).blockIndex() + "-" + blocks.get(blocks.size() - 1).blockIndex();
  }
}
