package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chunked scan against the token-by-token recurrence. */
class ScanIT {

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1, 8, 1",
    "4, 3, 1, 5, 8, 13",
    "4, 8, 2, 16, 16, 64",
    "8, 4, 8, 6, 16, 100",
    "8, 8, 1, 16, 64, 207",
  })
  void outputsAndStatesAreTheRecurrences(
      int heads, int size, int groups, int states, int chunk, int tokens) {
    ScanLayout layout = new ScanLayout(heads, size, groups, states, 1, chunk);
    PlainScan plain = new PlainScan(layout, tokens, 7);
    Map<String, double[]> expectedStates = new HashMap<>();
    double[] expected =
        plain.run((head, token, state) -> expectedStates.put(head + "@" + token, flat(state)));
    try (PointerScope scope = new PointerScope()) {
      Scan scan = scan(plain);
      Tensor starts = scan.startStates();
      assertClose(Tensors.doubles(scan.outputs(starts)), expected, "output");
      Map<String, double[]> seen = new HashMap<>();
      scan.visitStates(starts, Tensor.create(new float[heads * size], heads, size), keep(seen));
      assertThat(seen.keySet()).isEqualTo(expectedStates.keySet());
      seen.forEach((place, state) -> assertClose(state, expectedStates.get(place), place));
    }
  }

  private static SiteRecorder keep(Map<String, double[]> seen) {
    return new SiteRecorder() {
      @Override
      public void record(Site site, Tensor activation) {
        throw new AssertionError(site + " is not a state");
      }

      @Override
      public void recordStates(StateChunk chunk) {
        for (int i = 0; i < chunk.states().size(1); i++) {
          double[] state = Tensors.doubles(chunk.states().select(0, 0).select(0, i));
          seen.put(chunk.head() + "@" + (chunk.firstPosition() + i), state);
        }
      }
    };
  }

  private static Scan scan(PlainScan plain) {
    ScanLayout l = plain.layout;
    int t = plain.tokens;
    return new Scan(
        l,
        floats(plain.x).view(1, t, l.heads(), l.headSize()),
        floats(plain.b).view(1, t, l.groups(), l.stateSize()),
        floats(plain.c).view(1, t, l.groups(), l.stateSize()),
        floats(plain.dt).view(1, t, l.heads()),
        floats(plain.a));
  }

  private static Tensor floats(double[] values) {
    return Tensors.toFloat(Tensor.create(values));
  }

  private static double[] flat(double[][] state) {
    double[] values = new double[state.length * state[0].length];
    for (int p = 0; p < state.length; p++) {
      System.arraycopy(state[p], 0, values, p * state[0].length, state[0].length);
    }
    return values;
  }

  /** To 1e-5 of the largest value. */
  private static void assertClose(double[] actual, double[] expected, String what) {
    assertThat(actual).hasSameSizeAs(expected);
    double largest = 1e-3;
    for (double value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("%s [%d]", what, i).isCloseTo(expected[i], within(1e-5 * largest));
    }
  }
}
