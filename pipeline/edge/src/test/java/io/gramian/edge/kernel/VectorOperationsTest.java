package io.gramian.edge.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.model.Activation;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What mixers need beside products: both kernels against plain loops in double precision. */
class VectorOperationsTest {

  private static final long SEED = 29;

  /** Of cached numbers. */
  private static final float LARGEST = 4;

  private final RandomRows random = new RandomRows(SEED);

  static Stream<Kernels> kernels() {
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void vectorOperationsAreThoseOfPlainLoops(Kernels kernels) {
    for (int n : new int[] {1, 15, 16, 17, 207}) {
      float[] a = random.gaussian(n + 3);
      float[] b = random.gaussian(n + 5);
      double dot = 0;
      for (int i = 0; i < n; i++) {
        dot += (double) a[3 + i] * b[5 + i];
      }
      assertThat((double) kernels.dot(a, 3, b, 5, n)).isCloseTo(dot, within(1e-4));
      float[] sum = a.clone();
      kernels.addScaled(sum, 3, 0.5f, b, 5, n);
      float[] times = a.clone();
      kernels.times(times, 3, b, 5, n);
      for (int i = 0; i < n; i++) {
        assertThat(sum[3 + i]).isCloseTo(a[3 + i] + 0.5f * b[5 + i], within(1e-6f));
        assertThat(times[3 + i]).isEqualTo(a[3 + i] * b[5 + i]);
      }
      assertThat(Arrays.copyOf(sum, 3)).isEqualTo(Arrays.copyOf(a, 3));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void attentionIsThatOfPlainLoops(Kernels kernels) {
    int stride = 70;
    for (int channels : new int[] {1, 6, 16, 17, 33, 40, 50, 64, 69}) {
      for (int positions : new int[] {1, 7, 33}) {
        float[] cached = cached(positions, stride);
        float[] q = random.gaussian(2 + channels);
        float[] scores = random.gaussian(CacheColumns.whole(positions));
        float[] before = scores.clone();
        kernels.addScores(q, 2, columns(cached, stride, positions, channels), scores);
        float[] mixed = new float[1 + CacheRows.whole(channels)];
        CacheRows rows = rows(cached, stride, positions, channels);
        kernels.mix(scores, rows, mixed, 1);
        for (int p = 0; p < positions; p++) {
          double score = before[p];
          for (int c = 0; c < channels; c++) {
            score += (double) q[2 + c] * cached[p * stride + c];
          }
          assertThat((double) scores[p]).as("seed %d", SEED).isCloseTo(score, within(1e-4));
        }
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int p = 0; p < positions; p++) {
            sum += (double) scores[p] * cached[p * stride + c];
          }
          assertThat((double) mixed[1 + c]).as("seed %d", SEED).isCloseTo(sum, within(1e-3));
        }
        assertThat(mixed[0]).isZero();
      }
    }
  }

  /** Numbers that 16 bits hold exactly with any scale of {@link #LARGEST}. */
  private float[] cached(int positions, int stride) {
    float[] cached = random.gaussian(positions * stride);
    for (int i = 0; i < cached.length; i++) {
      int bits = Math.max(-32767, Math.min(32767, Math.round(cached[i] * 8000)));
      cached[i] = bits * (LARGEST / 32767);
    }
    return cached;
  }

  /** The same numbers channel by channel, among others. */
  private static CacheColumns columns(float[] cached, int stride, int positions, int channels) {
    int lanes = SixteenBits.LANES;
    int block = CacheColumns.POSITIONS;
    int perBlock = (channels + 2) * lanes;
    int whole = CacheColumns.whole(positions);
    int[] values = new int[3 + whole / block * perBlock];
    float[] scales = new float[7 + whole];
    for (int p = 0; p < positions; p++) {
      scales[7 + p] = SixteenBits.scale(LARGEST);
      for (int c = 0; c < channels; c++) {
        int at = 3 + p / block * perBlock + c * lanes;
        float number = cached[p * stride + c] * SixteenBits.inverse(LARGEST);
        SixteenBits.put(values, at, p % block, number);
      }
    }
    return new CacheColumns()
        .set(values, 3, perBlock)
        .scaled(scales, 7)
        .extent(positions, channels);
  }

  private static CacheRows rows(float[] cached, int stride, int positions, int channels) {
    int perRow = SixteenBits.integers(channels) + 5;
    int[] values = new int[4 + positions * perRow];
    float[] scales = new float[6 + positions];
    for (int p = 0; p < positions; p++) {
      scales[6 + p] = SixteenBits.scale(LARGEST);
      for (int c = 0; c < channels; c++) {
        int at = 4 + p * perRow + c / SixteenBits.PER_LINE * SixteenBits.LANES;
        float number = cached[p * stride + c] * SixteenBits.inverse(LARGEST);
        SixteenBits.put(values, at, c % SixteenBits.PER_LINE, number);
      }
    }
    return new CacheRows().set(values, 4, perRow).scaled(scales, 6).extent(positions, channels);
  }

  /** Each alone, whatever stands beside it; zeros exactly. */
  @Test
  void sixteenBits() {
    int[] integers = new int[3 + SixteenBits.integers(40)];
    Arrays.fill(integers, 0x12345678);
    float[] numbers = random.gaussian(40);
    numbers[5] = 0;
    numbers[33] = 5;
    numbers[34] = -5;
    for (int round = 0; round < 2; round++) {
      for (int i = 39; i >= 0; i--) {
        int at = 3 + i / SixteenBits.PER_LINE * SixteenBits.LANES;
        float number = numbers[i] * SixteenBits.inverse(5);
        SixteenBits.put(integers, at, i % SixteenBits.PER_LINE, number);
      }
    }
    for (int i = 0; i < 40; i++) {
      int at = 3 + i / SixteenBits.PER_LINE * SixteenBits.LANES;
      float scale = SixteenBits.scale(5);
      float number = SixteenBits.get(integers, at, i % SixteenBits.PER_LINE, scale);
      assertThat(number).as("seed %d, %d", SEED, i).isCloseTo(numbers[i], within(5.1f / (1 << 16)));
    }
    assertThat(SixteenBits.get(integers, 3, 5, SixteenBits.scale(5))).isZero();
    assertThat(SixteenBits.inverse(0)).isZero();
    assertThat(SixteenBits.integers(1)).isEqualTo(16);
    assertThat(SixteenBits.integers(33)).isEqualTo(32);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void softmaxSumsToOneWhateverTheSizeOfItsArguments(Kernels kernels) {
    for (int n : new int[] {1, 15, 16, 207}) {
      float[] x = random.gaussian(n + 1);
      x[n] = 300;
      double max = Double.NEGATIVE_INFINITY;
      for (int i = 1; i <= n; i++) {
        max = Math.max(max, x[i]);
      }
      double sum = 0;
      for (int i = 1; i <= n; i++) {
        sum += Math.exp(x[i] - max);
      }
      float[] soft = x.clone();
      kernels.softmax(soft, 1, n);
      for (int i = 1; i <= n; i++) {
        assertThat((double) soft[i]).isCloseTo(Math.exp(x[i] - max) / sum, within(1e-6));
      }
      assertThat(soft[0]).isEqualTo(x[0]);
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activationsAreTheirFormulas(Activation activation) {
    float[] x = random.gaussian(207);
    x[0] = -200;
    x[1] = 200;
    x[2] = 0;
    for (Kernels kernels : kernels().toList()) {
      float[] y = x.clone();
      kernels.activate(activation, y, 0, y.length);
      for (int i = 0; i < x.length; i++) {
        assertThat((double) y[i])
            .as("%s of %s", activation, x[i])
            .isCloseTo(formula(activation, x[i]), within(1e-6 + 1e-6 * Math.abs(x[i])));
      }
    }
  }

  /** Any channels of any token, the last turn of which is not full. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void gatesPairs(Activation activation) {
    int channels = 75;
    int at = 7;
    float[] pairs = random.gaussian(at + 2 * Kernels.PAIRED * 5);
    for (Kernels kernels : kernels().toList()) {
      for (int[] own : new int[][] {{0, channels}, {32, 64}, {40, channels}, {5, 6}, {9, 9}}) {
        float[] y = new float[channels];
        kernels.activatePairs(activation, pairs, at, own[0], own[1], y);
        for (int c = own[0]; c < own[1]; c++) {
          int up = at + c / Kernels.PAIRED * 2 * Kernels.PAIRED + c % Kernels.PAIRED;
          double expected = pairs[up] * formula(activation, pairs[up + Kernels.PAIRED]);
          assertThat((double) y[c])
              .as("%s, seed %d, channel %d", kernels, SEED, c)
              .isCloseTo(expected, within(1e-6 + 1e-6 * Math.abs(expected)));
        }
        assertThat(Arrays.copyOfRange(y, own[1], channels)).isEqualTo(new float[channels - own[1]]);
      }
    }
  }

  private static double formula(Activation activation, double x) {
    return switch (activation) {
      case SILU -> x / (1 + Math.exp(-x));
      case GELU -> x * normal(x);
      case GELU_TANH ->
          0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU_SQUARED -> x > 0 ? x * x : 0;
    };
  }

  /** The normal distribution by Simpson's rule from 0. */
  private static double normal(double x) {
    if (Math.abs(x) > 12) {
      return x > 0 ? 1 : 0;
    }
    int steps = 2000;
    double width = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double at = i * width;
      sum += Math.exp(-at * at / 2) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2);
    }
    return 0.5 + sum * width / 3 / Math.sqrt(2 * Math.PI);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void scanIsTheRecurrence(Kernels kernels) {
    int channels = 5;
    int stride = 32;
    for (int states : new int[] {3, 16, 21, 32}) {
      float[] state = random.gaussian(2 + channels * stride);
      float[] before = state.clone();
      float[] input = random.gaussian(channels + 2 * states);
      float[] output = new float[channels + 1];
      kernels.scan(
          new ScanHead()
              .state(state, 2, stride)
              .extent(channels, states)
              .input(input, 0, channels, channels + states)
              .output(output, 1)
              .decay(0.75f, 0.1f));
      for (int p = 0; p < channels; p++) {
        double sum = 0;
        for (int n = 0; n < stride; n++) {
          int at = 2 + p * stride + n;
          double h = before[at];
          if (n < states) {
            h = 0.75 * h + 0.1f * (double) input[p] * input[channels + n];
            sum += h * input[channels + states + n];
          }
          assertThat((double) state[at]).as("states %d", states).isCloseTo(h, within(1e-6));
        }
        assertThat((double) output[1 + p]).isCloseTo(sum, within(1e-5));
      }
    }
  }
}
