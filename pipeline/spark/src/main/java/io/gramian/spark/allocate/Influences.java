package io.gramian.spark.allocate;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.allocation.InfluenceScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Block influences from a folder of statistics: the recorded sums over their tokens. */
public final class Influences {

  private Influences() {}

  /**
   * Mean of {@code 1 - cos} by block index; the blocks of a layer share the layer's, which stands
   * at its last block.
   *
   * @throws UserException if the folder lacks one, or a file is damaged
   */
  public static List<Double> read(Directory statistics, DecoderSpec spec, InfluenceScope scope)
      throws IOException {
    Map<Integer, Integer> lastOfLayer = new HashMap<>();
    spec.blocks().forEach(block -> lastOfLayer.put(block.layerIndex(), block.blockIndex()));
    List<Double> influences = new ArrayList<>();
    for (ResidualBlock block : spec.blocks()) {
      influences.add(
          read(
              statistics,
              switch (scope) {
                case BLOCK -> new StatisticKey(block.blockIndex(), Site.BLOCK_INFLUENCE);
                case LAYER ->
                    new StatisticKey(lastOfLayer.get(block.layerIndex()), Site.LAYER_INFLUENCE);
              }));
    }
    return influences;
  }

  private static double read(Directory statistics, StatisticKey key) throws IOException {
    String name = key.fileName();
    if (!statistics.exists(name)) {
      throw new UserException(
          statistics.name() + "/" + name + " is missing: run calibrate again, with --overwrite");
    }
    try (SafetensorsFile file = SafetensorsFile.open(statistics.open(name))) {
      Statistic statistic = StatisticFile.read(file);
      if (!statistic.key().equals(key) || statistic.values().length != 1) {
        throw new UserException(
            statistics.name()
                + "/"
                + name
                + " holds "
                + statistic.key().fileName()
                + " with "
                + statistic.values().length
                + " values instead of one influence: run calibrate again, with --overwrite");
      }
      return statistic.values()[0] / statistic.tokens();
    }
  }
}
