package io.gramian.spark.plan;

import io.gramian.compress.forward.ForwardMemory;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.sort.DecisionMemory;
import io.gramian.compress.statistics.StatisticSize;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.wave.BlockWave;
import io.gramian.spark.wave.WaveLimits;
import io.gramian.spark.wave.WavePlan;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Sizes in bytes that several phases share.
 *
 * @param spec the decoder
 * @param shardTokens positions of a micro-shard
 * @param choice statistics that are summed
 */
record Shapes(DecoderSpec spec, long shardTokens, StatisticsChoice choice) {

  List<BlockWave> waves(WaveLimits limits) {
    return WavePlan.of(spec.blocks(), limits, choice);
  }

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

  /** Bytes that ranking the block takes that takes most; one whose scores are given takes none. */
  long decision() {
    boolean given = !choice.includes(Site.DOWN_INPUT);
    return largestBlock(
        block -> given && block.mixer() instanceof Mlp ? 0 : DecisionMemory.outsideBytes(block));
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

  /**
   * What adding the shares of a statistic up takes of heap, of the one that takes most: the sums,
   * and the tiles that have come in of late.
   *
   * @param received how many tiles deserialisation keeps hold of
   */
  long adding(long received) {
    return largestBlock(
        block ->
            StatisticSize.of(block).stream()
                .filter(size -> choice.includes(size.site()))
                .mapToLong(size -> size.heapBytes() + received * size.heapBytes() / size.tiles())
                .max()
                .orElse(0));
  }
}
