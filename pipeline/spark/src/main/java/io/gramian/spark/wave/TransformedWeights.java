package io.gramian.spark.wave;

import io.gramian.compress.width.BlockTransform;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import java.util.List;

/**
 * The weights of a checkpoint, of which executors change the blocks after reading them.
 *
 * @param stored the decoder as it lies on disk
 */
record TransformedWeights(DecoderSpec stored, BlockTransform transform) implements DecoderWeights {

  @Override
  public DecoderSpec spec() {
    return stored.withBlocks(stored.blocks().stream().map(transform::describe).toList());
  }

  @Override
  public WeightSource embedding() {
    return new WeightSource.Tensors(List.of(stored.embeddingTensor()));
  }

  @Override
  public WeightSource blocks(List<ResidualBlock> blocks) {
    List<ResidualBlock> read =
        blocks.stream().map(block -> stored.blocks().get(block.blockIndex())).toList();
    return new WeightSource.Blocks(read, transform);
  }

  @Override
  public WeightSource head() {
    return new WeightSource.Tensors(List.of(stored.finalNorm().tensor(), stored.headTensor()));
  }
}
