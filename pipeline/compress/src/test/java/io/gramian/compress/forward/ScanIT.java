package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ScanLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
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
  void outputsAndSumsOverStatesAreTheRecurrences(
      int heads, int size, int groups, int states, int chunk, int tokens) {
    ScanLayout layout = new ScanLayout(heads, size, groups, states, 1, chunk);
    PlainScan plain = new PlainScan(layout, tokens, 7);
    PlainSums sums = new PlainSums(layout, t -> t < tokens - 1);
    double[] expected = plain.run(sums);
    try (PointerScope scope = new PointerScope()) {
      Scan scan = scan(plain);
      Tensor starts = scan.startStates();
      assertClose(Tensors.doubles(scan.outputs(starts)), expected, "output");
      StateSums found = new StateSums(scan, starts, allButTheLast(tokens));
      assertClose(Tensors.doubles(found.grams()), sums.grams, "state");
      Tensor norms = floats(sums.norms).view(heads, size);
      assertClose(Tensors.doubles(found.outputs(norms)), sums.outputs(plain), "state output");
    }
  }

  private static Tensor allButTheLast(int tokens) {
    float[] mask = new float[tokens];
    Arrays.fill(mask, 1);
    mask[tokens - 1] = 0;
    return Tensor.create(mask, 1, tokens);
  }

  /** The sums by their definitions, over the tokens that count. */
  private static final class PlainSums implements PlainScan.StateVisitor {

    private final ScanLayout layout;
    private final IntPredicate counts;
    private final double[] grams;
    private final double[] norms;
    private final Map<Integer, double[][]> kept = new TreeMap<>();

    PlainSums(ScanLayout layout, IntPredicate counts) {
      this.layout = layout;
      this.counts = counts;
      this.grams = new double[layout.innerSize() * layout.headSize()];
      this.norms = new double[layout.innerSize()];
      Arrays.setAll(norms, i -> (float) (0.5 + 0.1 * (i % 7)));
    }

    @Override
    public void visit(int head, int token, double[][] state) {
      if (!counts.test(token)) {
        return;
      }
      int size = layout.headSize();
      for (int p = 0; p < size; p++) {
        for (int q = 0; q < size; q++) {
          for (int n = 0; n < layout.stateSize(); n++) {
            grams[(head * size + p) * size + q] += state[p][n] * state[q][n];
          }
        }
      }
      double[][] copy = new double[size][];
      Arrays.setAll(copy, p -> state[p].clone());
      kept.put(head * 100_000 + token, copy);
    }

    double[] outputs(PlainScan plain) {
      int states = layout.stateSize();
      double[] sums = new double[layout.groups() * states * states];
      kept.forEach(
          (place, state) -> {
            int head = place / 100_000;
            int group = head / layout.headsPerGroup();
            int at = (place % 100_000 * layout.groups() + group) * states;
            for (int p = 0; p < layout.headSize(); p++) {
              double w = norms[head * layout.headSize() + p];
              for (int i = 0; i < states; i++) {
                for (int m = 0; m < states; m++) {
                  sums[(group * states + i) * states + m] +=
                      plain.c[at + i] * state[p][i] * plain.c[at + m] * state[p][m] * w * w;
                }
              }
            }
          });
      return sums;
    }
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
