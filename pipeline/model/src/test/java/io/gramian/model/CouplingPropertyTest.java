package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.PlainMixers.AttentionShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Orders change nothing at full width, and a slice is the masked model. */
class CouplingPropertyTest {

  private static final int TOKENS = 7;

  static Stream<Arguments> layouts() {
    return Stream.of(
        Arguments.of("grouped", new HeadLayout(6, 2, 8), 8),
        Arguments.of("multi-head", new HeadLayout(3, 3, 4), 4),
        Arguments.of("multi-query", new HeadLayout(5, 1, 6), 6),
        Arguments.of("half rotary", new HeadLayout(4, 2, 8), 4),
        Arguments.of("no rotary", new HeadLayout(4, 2, 5), 0),
        Arguments.of("one pair", new HeadLayout(1, 1, 2), 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void anyOrderLeavesAttentionUnchanged(String name, HeadLayout layout, int rotary) {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      ResidualBlock block = RandomBlocks.attention(layout, rotary);
      Map<String, double[][]> tensors = RandomBlocks.tensors(block, random);
      Map<CouplingGroup, List<Integer>> orders = RandomBlocks.orders(block, random);
      double[][] x = RandomBlocks.matrix(TOKENS, RandomBlocks.HIDDEN, random);
      Map<CouplingGroup, List<Integer>> identity = new HashMap<>(orders);
      identity.replaceAll((group, order) -> order.stream().sorted().toList());

      assertClose(
          run(block, RandomBlocks.gather(block, tensors, orders), orders, x),
          run(block, tensors, identity, x),
          "seed " + seed);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void slicingAttentionIsMaskingIt(String name, HeadLayout layout, int rotary) {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      ResidualBlock block = RandomBlocks.attention(layout, rotary);
      Map<String, double[][]> tensors = RandomBlocks.tensors(block, random);
      Map<CouplingGroup, List<Integer>> orders = RandomBlocks.orders(block, random);
      double[][] x = RandomBlocks.matrix(TOKENS, RandomBlocks.HIDDEN, random);
      Map<CouplingGroup, List<Integer>> kept = new HashMap<>(orders);
      kept.replaceAll((group, order) -> halfOfEachSegment(block, group, order));
      Map<CouplingGroup, List<Integer>> identity = new HashMap<>(orders);
      identity.replaceAll((group, order) -> order.stream().sorted().toList());

      assertClose(
          run(block, RandomBlocks.gather(block, tensors, kept), kept, x),
          run(block, RandomBlocks.masked(block, tensors, kept), identity, x),
          "seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207})
  void anyOrderLeavesAnMlpUnchangedAndASliceIsTheMask(int width) {
    assertOrdersOf(RandomBlocks.mlp(width), width);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207})
  void theSameHoldsForAnMlpWithoutGate(int width) {
    assertOrdersOf(RandomBlocks.ungatedMlp(width), width);
  }

  private static void assertOrdersOf(ResidualBlock block, int width) {
    Random random = new Random(width);
    Mlp mlp = (Mlp) block.mixer();
    Map<String, double[][]> tensors = RandomBlocks.tensors(block, random);
    Map<CouplingGroup, List<Integer>> orders = RandomBlocks.orders(block, random);
    double[][] x = RandomBlocks.matrix(TOKENS, RandomBlocks.HIDDEN, random);
    Map<CouplingGroup, List<Integer>> kept = new HashMap<>(orders);
    kept.replaceAll((group, order) -> order.subList(0, (width + 1) / 2));

    assertClose(
        PlainMixers.mlp(mlp, RandomBlocks.gather(block, tensors, orders), x),
        PlainMixers.mlp(mlp, tensors, x),
        "seed " + width);
    assertClose(
        PlainMixers.mlp(mlp, RandomBlocks.gather(block, tensors, kept), x),
        PlainMixers.mlp(mlp, RandomBlocks.masked(block, tensors, kept), x),
        "seed " + width);
  }

  private static List<Integer> halfOfEachSegment(
      ResidualBlock block, CouplingGroup group, List<Integer> order) {
    CoupledUnits units =
        CouplingGroups.of(block).stream().filter(u -> u.group().equals(group)).findFirst().get();
    Stream<Integer> kept = Stream.empty();
    int first = 0;
    for (UnitSegment segment : units.segments()) {
      int from = first;
      int to = first + segment.units();
      kept =
          Stream.concat(
              kept,
              order.stream().filter(u -> u >= from && u < to).limit((segment.units() + 1) / 2));
      first = to;
    }
    return kept.toList();
  }

  /** Runs the oracle with each KV head's frequencies gathered by its pair order. */
  private static double[][] run(
      ResidualBlock block,
      Map<String, double[][]> tensors,
      Map<CouplingGroup, List<Integer>> orders,
      double[][] x) {
    Attention attention = (Attention) block.mixer();
    HeadLayout layout = attention.layout();
    double[][] frequencies = new double[layout.kvHeads()][];
    for (int head = 0; head < layout.kvHeads(); head++) {
      CouplingGroup group = new CouplingGroup(6, 3, "attention", Coupling.QUERY_KEY, head);
      frequencies[head] =
          attention.rotary().stream()
              .flatMap(
                  rope ->
                      orders.get(group).stream()
                          .filter(unit -> unit < rope.pairs())
                          .map(pair -> rope.inverseFrequencies().get(pair)))
              .mapToDouble(Double::doubleValue)
              .toArray();
    }
    int headSize = tensors.get(attention.key().weight()).length / layout.kvHeads();
    AttentionShape shape =
        new AttentionShape(layout.heads(), headSize, frequencies, 1 / Math.sqrt(layout.headSize()));
    return PlainMixers.attention(shape, attention, tensors, x);
  }

  private static void assertClose(double[][] actual, double[][] expected, String seed) {
    for (int t = 0; t < expected.length; t++) {
      assertThat(actual[t]).as(seed).containsExactly(expected[t], within(1e-11));
    }
  }
}
