package io.gramian.spark.plan;

import io.gramian.compress.forward.ForwardMemory;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.statistics.StatisticSize;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.wave.WavePlan;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Sizes in bytes that several phases share.
 *
 * @param spec the decoder
 * @param shardTokens positions of a micro-shard
 */
record Shapes(DecoderSpec spec, long shardTokens) {

  long largestBlock(ToLongFunction<ResidualBlock> size) {
    return spec.blocks().stream().mapToLong(size).max().orElse(0);
  }

  long hidden() {
    return shardTokens * Float.BYTES * spec.hiddenSize();
  }

  /** A table of vocabulary times hidden size, F32. */
  long table() {
    return Float.BYTES * spec.embeddingTensor().elements();
  }

  /** What the forward pass of one shard leaves behind in the block that leaves most. */
  long pass() {
    return shardTokens * largestBlock(ForwardMemory::bytesPerToken);
  }

  long blockWeights() {
    return largestBlock(block -> WavePlan.weightBytes(List.of(block)));
  }

  /** Channels of the widest activation that linear maps of a block read. */
  long widestInput() {
    return largestBlock(
        block ->
            ProjectionInput.of(block).stream().mapToLong(ProjectionInput::size).max().orElse(0));
  }

  /** The largest single statistic. */
  long largestStatistic() {
    return largestBlock(
        block ->
            StatisticSize.of(block).stream().mapToLong(StatisticSize::heapBytes).max().orElse(0));
  }
}
