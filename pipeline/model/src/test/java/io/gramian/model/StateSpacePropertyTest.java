package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.fixture.PlainMamba2;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Orders of states and of channels change nothing at full width, and a slice is the mask. */
class StateSpacePropertyTest {

  private static final int TOKENS = 9;

  static Stream<Arguments> layouts() {
    return Stream.of(
        Arguments.of("one group", new ScanLayout(4, 5, 1, 6, 1, 16)),
        Arguments.of("one group, norm by head", new ScanLayout(3, 7, 1, 13, 3, 16)),
        Arguments.of("two groups", new ScanLayout(6, 4, 2, 3, 1, 16)),
        Arguments.of("two groups, norm by group", new ScanLayout(4, 5, 2, 3, 2, 16)),
        Arguments.of("eight groups", new ScanLayout(8, 3, 8, 5, 1, 16)),
        Arguments.of("eight groups, norm by group", new ScanLayout(16, 3, 8, 5, 8, 16)),
        Arguments.of("one of everything", new ScanLayout(1, 1, 1, 1, 1, 1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void anyOrderLeavesAStateSpaceMixerUnchanged(String name, ScanLayout layout) {
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      ResidualBlock block = RandomBlocks.mamba2(layout);
      Mamba2 mamba2 = (Mamba2) block.mixer();
      Map<String, double[][]> tensors = RandomBlocks.tensors(block, random);
      Map<CouplingGroup, List<Integer>> orders = RandomBlocks.orders(block, random);
      double[][] x = RandomBlocks.matrix(TOKENS, RandomBlocks.HIDDEN, random);

      assertClose(
          PlainMamba2.run(mamba2, RandomBlocks.gather(block, tensors, orders), x),
          PlainMamba2.run(mamba2, tensors, x),
          "seed " + seed);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void slicingAStateSpaceMixerIsMaskingIt(String name, ScanLayout layout) {
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      ResidualBlock block = RandomBlocks.mamba2(layout);
      Mamba2 mamba2 = (Mamba2) block.mixer();
      Map<String, double[][]> tensors = RandomBlocks.tensors(block, random);
      Map<CouplingGroup, List<Integer>> kept = new HashMap<>(RandomBlocks.orders(block, random));
      kept.replaceAll((group, order) -> order.subList(0, (order.size() + 1) / 2));
      double[][] x = RandomBlocks.matrix(TOKENS, RandomBlocks.HIDDEN, random);
      int channels = layout.heads() / layout.normGroups() * ((layout.headSize() + 1) / 2);

      assertClose(
          PlainMamba2.run(mamba2, RandomBlocks.gather(block, tensors, kept), x),
          PlainMamba2.runMasked(mamba2, RandomBlocks.masked(block, tensors, kept), x, channels),
          "seed " + seed);
    }
  }

  /**
   * One head of one channel and one state: steps softplus(0) = log 2 or, held, 1/2; A = -1, D = 3;
   * the convolution passes x, adds B to its predecessor and negates C. Weight and epsilon of the
   * norm are so large that it passes what it gets. Expected values: the recurrence by hand.
   */
  @Test
  void theOracleFollowsTheRecurrence() {
    Map<String, double[][]> tensors =
        Map.of(
            "in", new double[][] {{1}, {1}, {1}, {1}, {0}},
            "conv", new double[][] {{0, 1}, {1, 1}, {0, -1}},
            "A_log", new double[][] {{0}},
            "D", new double[][] {{3}},
            "dt_bias", new double[][] {{0}},
            "gated", new double[][] {{1e9}},
            "out", new double[][] {{1}});
    double[][] x = {{1}, {2}};

    assertClose(
        PlainMamba2.run(oneChannel(Double.POSITIVE_INFINITY), tensors, x),
        new double[][] {{1.5305050090422911}, {7.766391628172886}},
        "free steps");
    assertClose(
        PlainMamba2.run(oneChannel(0.5), tensors, x),
        new double[][] {{1.5508006420834382}, {8.18446653617694}},
        "steps held to 1/2");
  }

  private static Mamba2 oneChannel(double stepMaximum) {
    return new Mamba2(
        new LinearSpec("in", null, 5, 1),
        new Convolution("conv", null, 3, 2),
        new ScanParameters("A_log", "D", "dt_bias", 0, stepMaximum),
        new NormSpec("gated", 1, 1e18),
        new LinearSpec("out", null, 1, 1),
        new ScanLayout(1, 1, 1, 1, 1, 1));
  }

  private static void assertClose(double[][] actual, double[][] expected, String seed) {
    assertThat(actual).as(seed).hasDimensions(expected.length, expected[0].length);
    for (int t = 0; t < expected.length; t++) {
      assertThat(actual[t]).as(seed).containsExactly(expected[t], within(1e-11));
    }
  }
}
