package io.gramian.spark.calibrate;

import io.gramian.checkpoint.PendingFile;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.spark.storage.DigestedStream;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import scala.Tuple2;

/**
 * Writes the statistic whose reduced tiles a partition holds, and returns its file's name and
 * SHA-256.
 */
record WriteStatistics(HadoopDirectory output, int sequenceLength)
    implements PairFlatMapFunction<Iterator<Tuple2<TileKey, Tile>>, String, String> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<Tuple2<String, String>> call(Iterator<Tuple2<TileKey, Tile>> reduced)
      throws IOException {
    Map<TileKey, Tile> tiles = new TreeMap<>();
    reduced.forEachRemaining(entry -> tiles.put(entry._1(), entry._2()));
    StatisticKey key = tiles.keySet().iterator().next().statistic();
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile file = PendingFile.create(output, key.fileName(), attempt)) {
      DigestedStream digested = new DigestedStream(file.stream());
      StatisticFile.write(new Statistic(key, tiles, sequenceLength), digested);
      file.commit();
      return List.of(new Tuple2<>(key.fileName(), digested.sha256())).iterator();
    }
  }
}
