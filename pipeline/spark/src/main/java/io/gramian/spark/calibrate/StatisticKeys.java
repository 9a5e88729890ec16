package io.gramian.spark.calibrate;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.List;

/** Which statistics a wave's blocks have, in order. */
final class StatisticKeys {

  private StatisticKeys() {}

  static List<StatisticKey> of(List<ResidualBlock> wave) {
    List<StatisticKey> keys = new ArrayList<>();
    for (int i = 0; i < wave.size(); i++) {
      ResidualBlock block = wave.get(i);
      BlockStatistics.sites(block).forEach(s -> keys.add(new StatisticKey(block.blockIndex(), s)));
      keys.add(new StatisticKey(block.blockIndex(), Site.BLOCK_INFLUENCE));
      boolean endsLayer =
          i + 1 == wave.size() || wave.get(i + 1).layerIndex() != block.layerIndex();
      if (endsLayer) {
        keys.add(new StatisticKey(block.blockIndex(), Site.LAYER_INFLUENCE));
      }
    }
    return keys;
  }
}
