package io.gramian.spark.wave;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.Tile;
import io.gramian.compress.statistics.TileKey;
import io.gramian.spark.session.TestSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

/** Shares of tiles against a loop that adds them up. */
class TileReductionIT {

  private static final long SEED = 83;

  /** Of a Gram matrix of three tiles, and of another. */
  private static final List<TileKey> PLACES =
      List.of(
          new TileKey(1, Site.DOWN_INPUT, 0, 0),
          new TileKey(1, Site.DOWN_INPUT, 0, 1),
          new TileKey(1, Site.DOWN_INPUT, 1, 1),
          new TileKey(2, Site.OUT_INPUT, 0, 0));

  private static final List<StatisticKey> KEYS =
      List.of(new StatisticKey(1, Site.DOWN_INPUT), new StatisticKey(2, Site.OUT_INPUT));

  private static Map<TileKey, Tile> share(int task) {
    Random random = new Random(SEED + task);
    Map<TileKey, Tile> share = new TreeMap<>();
    for (TileKey place : PLACES) {
      Tile tile = Tile.zeros(3, 5);
      tile.add(random.doubles(15, -1e6, 1e6).toArray(), task + 1);
      share.put(place, tile);
    }
    return share;
  }

  private static JavaPairRDD<TileKey, Tile> shares(int tasks) {
    PairFlatMapFunction<Integer, TileKey, Tile> sums =
        task ->
            share(task).entrySet().stream()
                .map(entry -> new Tuple2<>(entry.getKey(), entry.getValue()))
                .iterator();
    List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
    return TestSession.context().parallelize(numbers, tasks).flatMapToPair(sums);
  }

  private static Map<TileKey, Tile> expected(int tasks) {
    Map<TileKey, Tile> sums = new HashMap<>();
    for (int task = 0; task < tasks; task++) {
      share(task).forEach((place, tile) -> sums.merge(place, tile, Tile::merge));
    }
    return sums;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 9, 31})
  void addsUpToTheSameHoweverManyTheSharesAre(int tasks) {
    JavaPairRDD<TileKey, Tile> reduced = TileReduction.byStatistic(shares(tasks), KEYS);
    List<List<Tuple2<TileKey, Tile>>> partitions = reduced.glom().collect();
    assertThat(partitions).hasSize(KEYS.size());
    List<Tuple2<TileKey, Tile>> all = new ArrayList<>();
    for (List<Tuple2<TileKey, Tile>> partition : partitions) {
      Set<StatisticKey> met =
          partition.stream().map(entry -> entry._1().statistic()).collect(Collectors.toSet());
      assertThat(met).as("one statistic a partition").hasSize(1);
      all.addAll(partition);
    }
    assertEqual(all, tasks);
    assertEqual(TileReduction.ofOne(shares(tasks), 3).collect(), tasks);
    assertThat(TileReduction.ofOne(shares(tasks), 3).getNumPartitions()).isEqualTo(1);
  }

  private static void assertEqual(List<Tuple2<TileKey, Tile>> reduced, int tasks) {
    Map<TileKey, Tile> expected = expected(tasks);
    assertThat(reduced).hasSize(expected.size());
    for (Tuple2<TileKey, Tile> entry : reduced) {
      Tile sum = expected.get(entry._1());
      assertThat(entry._2().sum()).as("seed %d, %s", SEED, entry._1()).isEqualTo(sum.sum());
      assertThat(entry._2().tokens()).isEqualTo(sum.tokens());
    }
  }
}
