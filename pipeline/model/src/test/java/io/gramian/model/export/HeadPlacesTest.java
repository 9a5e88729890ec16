package io.gramian.model.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.packed.RegularBlocks;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.LinearSpec;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.family.Families;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packed heads, pairs shuffled and some dropped, against the places that labels of them take. */
class HeadPlacesTest {

  private static ResidualBlock block(long seed, int pairs, int values) {
    ResidualBlock first =
        Families.describe(RandomCheckpoint.hfConfig(RandomConfigs.llamaGrouped())).blocks().get(0);
    Attention attention = (Attention) first.mixer();
    Random random = new Random(seed);
    List<List<Integer>> orders = new ArrayList<>();
    for (int head = 0; head < attention.layout().kvHeads(); head++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, 3).boxed().toList());
      Collections.shuffle(order, random);
      orders.add(order);
    }
    Attention shuffled =
        attention.withRope(attention.rotary().orElseThrow().withPairOrders(orders));
    BlockWidths widths =
        new BlockWidths(
            Map.of(Coupling.QUERY_KEY, List.of(pairs), Coupling.VALUE_OUTPUT, List.of(values)));
    return NarrowedBlock.of(new ResidualBlock(0, 0, first.norm(), shuffled), widths);
  }

  /** What a packed row of the query or key map is: head, pair of the original, half. */
  private static List<String> labels(Attention attention, int heads) {
    List<String> labels = new ArrayList<>();
    int queries = heads / attention.layout().kvHeads();
    for (int head = 0; head < heads; head++) {
      for (int pair : attention.rotary().orElseThrow().pairOrders().get(head / queries)) {
        labels.add(head + "." + pair + ".0");
        labels.add(head + "." + pair + ".1");
      }
    }
    return labels;
  }

  private static List<String> placed(List<String> labels, int[] rows) {
    return IntStream.of(rows)
        .mapToObj(row -> row == RegularBlocks.ZEROS ? "zero" : labels.get(row))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "2, 3", "3, 2", "4, 1"})
  void pairsGoHome(long seed, int pairs) {
    ResidualBlock block = block(seed, pairs, 6);
    Attention attention = (Attention) block.mixer();
    for (LinearSpec map : List.of(attention.query(), attention.key())) {
      int heads = map.equals(attention.query()) ? 8 : 2;
      List<String> labels = labels(attention, heads);
      List<String> adjacent = new ArrayList<>();
      List<String> halves = new ArrayList<>();
      for (int head = 0; head < heads; head++) {
        for (int i = 0; i < 6; i++) {
          adjacent.add(head + "." + i / 2 + "." + i % 2);
          halves.add(head + "." + i % 3 + "." + i / 3);
        }
      }
      adjacent.replaceAll(label -> labels.contains(label) ? label : "zero");
      halves.replaceAll(label -> labels.contains(label) ? label : "zero");
      Placement there = BlockPlacement.of(block, 52, PairPlace.ADJACENT).of(map);
      assertThat(placed(labels, there.rows())).isEqualTo(adjacent);
      Placement split = BlockPlacement.of(block, 52, PairPlace.HALF_SPLIT).of(map);
      assertThat(placed(labels, split.rows())).isEqualTo(halves);
      assertThat(split.columns()).isEqualTo(IntStream.range(0, 48).toArray());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 6", "2, 4", "3, 2"})
  void valuesStayInOrder(long seed, int values) {
    ResidualBlock block = block(seed, 3, values);
    Attention attention = (Attention) block.mixer();
    BlockPlacement places = BlockPlacement.of(block, 52, PairPlace.ADJACENT);
    assertThat(places.of(attention.value()).rows()).isEqualTo(expected(2, values));
    assertThat(places.of(attention.output()).columns()).isEqualTo(expected(8, values));
    assertThat(places.of(attention.output()).rows()).isEqualTo(IntStream.range(0, 48).toArray());
  }

  private static int[] expected(int heads, int values) {
    int[] places = new int[6 * heads];
    int next = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = i % 6 < values ? next++ : RegularBlocks.ZEROS;
    }
    return places;
  }
}
