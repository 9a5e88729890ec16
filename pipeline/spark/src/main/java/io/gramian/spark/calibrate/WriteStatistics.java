package io.gramian.spark.calibrate;

import io.gramian.checkpoint.PendingFile;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/** Writes the statistic whose reduced tiles a partition holds, and returns its file name. */
record WriteStatistics(HadoopDirectory output, int sequenceLength)
    implements FlatMapFunction<Iterator<Tuple2<TileKey, Tile>>, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<String> call(Iterator<Tuple2<TileKey, Tile>> reduced) throws IOException {
    Map<TileKey, Tile> tiles = new TreeMap<>();
    reduced.forEachRemaining(entry -> tiles.put(entry._1(), entry._2()));
    StatisticKey key = tiles.keySet().iterator().next().statistic();
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile file = PendingFile.create(output, key.fileName(), attempt)) {
      StatisticFile.write(new Statistic(key, tiles, sequenceLength), file.stream());
      file.commit();
    }
    return List.of(key.fileName()).iterator();
  }
}
