package io.gramian.spark.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.quantize.GptqFactor;
import io.gramian.compress.quantize.Recoveries;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.compress.tensor.NativeRuntime;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * Factorises the Gram matrix whose reduced tiles a partition holds, stores the factor, and returns
 * what it took.
 *
 * @param sequenceLength nominal length of the calibration set's sequences
 */
record FactorTask(ProjectionInput input, int sequenceLength, FactorFile file)
    implements FlatMapFunction<Iterator<Tuple2<TileKey, Tile>>, Recoveries> {

  private static final long serialVersionUID = 1L;

  @Override
  public Iterator<Recoveries> call(Iterator<Tuple2<TileKey, Tile>> reduced) throws IOException {
    NativeRuntime.load();
    Map<TileKey, Tile> tiles = new TreeMap<>();
    reduced.forEachRemaining(entry -> tiles.put(entry._1(), entry._2()));
    StatisticKey key = new StatisticKey(input.blockIndex(), input.site());
    GptqFactor factor = GptqFactor.of(input, new Statistic(key, tiles, sequenceLength));
    file.write(factor);
    return List.of(factor.recoveries()).iterator();
  }
}
