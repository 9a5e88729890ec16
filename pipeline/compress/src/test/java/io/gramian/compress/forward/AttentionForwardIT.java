package io.gramian.compress.forward;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Rope;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AttentionForwardIT {

  private static final int HIDDEN = 26;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  static Stream<Arguments> layouts() {
    return Stream.of(
        Arguments.of("multi-head, no rotation", new HeadLayout(3, 3, 7), null, "none"),
        Arguments.of("grouped, biases", new HeadLayout(6, 2, 8), rope(8), "all"),
        Arguments.of("grouped, bias of the value alone", new HeadLayout(4, 2, 6), rope(6), "v"),
        Arguments.of("multi-query, partial rotation", new HeadLayout(5, 1, 10), rope(4), "none"),
        Arguments.of(
            "grouped, pairs reordered per KV head",
            new HeadLayout(4, 2, 8),
            rope(6).withPairOrders(List.of(List.of(2, 0, 1), List.of(1, 2, 0))),
            "all"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("layouts")
  void equalsPlainLoops(String name, HeadLayout layout, Rope rope, String biases) {
    Attention attention =
        new Attention(
            map("q", layout.querySize(), HIDDEN, biases),
            map("k", layout.keyValueSize(), HIDDEN, biases),
            map("v", layout.keyValueSize(), HIDDEN, biases),
            map("o", HIDDEN, layout.querySize(), biases),
            layout,
            rope);
    MixerCase example = new MixerCase(attention, HIDDEN, name.length());
    example.assertSame(
        weights -> AttentionForward.of(attention, weights, Adapters.NONE),
        new PlainAttention(attention, example.weights())::apply);
  }

  private static LinearSpec map(String name, int out, int in, String biases) {
    boolean biased = biases.equals("all") || biases.equals(name);
    return new LinearSpec(name, biased ? name + ".bias" : null, out, in);
  }

  /** An attention factor that is not 1 shows if it is forgotten. */
  static Rope rope(int rotarySize) {
    List<Double> frequencies =
        IntStream.range(0, rotarySize / 2).mapToObj(i -> Math.pow(10, -0.7 * i)).toList();
    return new Rope(rotarySize, frequencies, 1.25, List.of());
  }
}
