package io.gramian.spark.report;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads block and layer influence from {@code statistics/}. */
final class InfluenceFiles {

  private final HadoopDirectory statistics;

  InfluenceFiles(HadoopDirectory run) {
    this.statistics = run.resolve(Calibrate.STATISTICS);
  }

  /**
   * The influence of every stretch of that kind, by block.
   *
   * @param site {@link Site#BLOCK_INFLUENCE} or {@link Site#LAYER_INFLUENCE}
   * @throws io.gramian.checkpoint.UserException if a file is damaged
   */
  List<Influence> read(Site site) throws IOException {
    List<Influence> influences = new ArrayList<>();
    for (String file : statistics.list()) {
      if (file.endsWith("." + site.label() + ".safetensors")) {
        try (SafetensorsFile opened = SafetensorsFile.open(statistics.open(file))) {
          Statistic statistic = StatisticFile.read(opened);
          double mean = statistic.values()[0] / statistic.tokens();
          influences.add(new Influence(statistic.key().blockIndex(), mean));
        }
      }
    }
    influences.sort(Comparator.comparingInt(Influence::blockIndex));
    return influences;
  }
}
