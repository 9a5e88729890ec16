package io.gramian.spark.wave;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.ResidualBlock;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive residual blocks that are in memory together. A wave never splits a Hugging Face
 * layer, so that the influence of a layer is seen whole.
 *
 * @param index position among the waves
 * @param blocks at least one
 * @param choice which statistics are summed
 */
public record BlockWave(int index, List<ResidualBlock> blocks, StatisticsChoice choice)
    implements Serializable {

  public BlockWave {
    blocks = List.copyOf(blocks);
  }

  /** The same wave as a transform leaves its blocks. */
  BlockWave described(BlockTransform transform) {
    return new BlockWave(index, blocks.stream().map(transform::describe).toList(), choice);
  }

  int firstBlock() {
    return blocks.get(0).blockIndex();
  }

  /** Index of the last block plus one. */
  int endBlock() {
    return blocks.get(blocks.size() - 1).blockIndex() + 1;
  }

  /** Whether the block at {@code position} of the wave is the last of its layer. */
  boolean endsLayer(int position) {
    return position + 1 == blocks.size()
        || blocks.get(position + 1).layerIndex() != blocks.get(position).layerIndex();
  }

  /** How many Hugging Face layers it spans. */
  public int layers() {
    return (int) blocks.stream().mapToInt(ResidualBlock::layerIndex).distinct().count();
  }

  /** Every statistic of its blocks that is summed. */
  List<StatisticKey> statistics() {
    List<StatisticKey> keys = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      ResidualBlock block = blocks.get(i);
      BlockStatistics.sites(block, choice)
          .forEach(site -> keys.add(new StatisticKey(block.blockIndex(), site)));
      keys.add(new StatisticKey(block.blockIndex(), Site.BLOCK_INFLUENCE));
      if (endsLayer(i)) {
        keys.add(new StatisticKey(block.blockIndex(), Site.LAYER_INFLUENCE));
      }
    }
    return keys;
  }
}
