package io.gramian.edge.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.Activation;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both kernels against plain loops in double precision, on sizes that fit no vector. */
class KernelsTest {

  private static final long SEED = 23;

  private final RandomRows random = new RandomRows(SEED);

  static Stream<Kernels> kernels() {
    return Stream.of(new ScalarKernels(), new VectorKernels());
  }

  private record Case(WeightRows weights, ColumnPlan plan) {}

  private List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (int rows : new int[] {1, 3, 4, 13, 207}) {
      cases.add(packed(rows, ColumnGroups.whole(128, 128), List.of(128)));
      cases.add(packed(rows, ColumnGroups.whole(576, 128), List.of(576)));
      cases.add(packed(rows, ColumnGroups.whole(2, 128), List.of(2)));
      cases.add(packed(rows, ColumnGroups.whole(300, 128), List.of(206)));
      cases.add(packed(rows, new ColumnGroups(List.of(64, 64, 64), 128), List.of(64, 64, 64)));
      cases.add(packed(rows, new ColumnGroups(List.of(64, 64, 64), 128), List.of(40, 40, 40)));
      cases.add(packed(rows, new ColumnGroups(List.of(64, 64, 64), 128), List.of(2, 0, 64)));
      cases.add(packed(rows, new ColumnGroups(List.of(80, 80), 32), List.of(50, 50)));
      cases.add(packed(rows, new ColumnGroups(List.of(10, 6), 4), List.of(8, 2)));
      cases.add(plain(DType.BF16, rows, 207));
      cases.add(plain(DType.F32, rows, 207));
      cases.add(plain(DType.BF16, rows, 256));
      cases.add(plain(DType.F32, rows, 13));
    }
    return cases;
  }

  private Case packed(int rows, ColumnGroups groups, List<Integer> kept) {
    return new Case(random.fourBit(rows, groups), ColumnPlan.prefixes(groups, kept));
  }

  private Case plain(DType dtype, int rows, int columns) {
    return new Case(random.plain(dtype, rows, columns), ColumnPlan.plain(columns));
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void productIsThatOfPlainLoops(Kernels kernels) {
    for (Case one : cases()) {
      for (int tokens : new int[] {1, 2, 4, 7}) {
        check(kernels, one, tokens);
      }
    }
  }

  private void check(Kernels kernels, Case one, int tokens) {
    InputLayout layout = kernels.layout(one.weights(), one.plan());
    int inputs = layout.inputs();
    float[] x = random.gaussian(tokens * inputs);
    float[] arrangedValues = new float[tokens * layout.length()];
    // What is left of another product must not matter.
    Arrays.fill(arrangedValues, Float.NaN);
    Arranged arranged = new Arranged(layout, arrangedValues);
    for (int token = 0; token < tokens; token++) {
      for (int worker = 0; worker < 3; worker++) {
        arranged.set(token, x, token * inputs, new Share(worker, 3));
      }
    }
    int rows = one.weights().rows();
    float[] y = new float[tokens * (rows + 2)];
    Product product = new Product(one.weights(), arranged, y, rows + 2);
    float[] scratch = new float[kernels.scratch(layout)];
    int middle = rows / 3;
    kernels.multiply(product, new RowSpan(0, middle, 1), tokens, scratch);
    kernels.multiply(product, new RowSpan(middle, rows, 1 + middle), tokens, scratch);
    for (int token = 0; token < tokens; token++) {
      for (int row = 0; row < rows; row++) {
        assertThat((double) y[token * (rows + 2) + 1 + row])
            .as("%s, seed %d, %s, row %d, token %d", kernels, SEED, one, row, token)
            .isCloseTo(expected(one, row, x, token * inputs), within(2e-5));
      }
      assertThat(y[token * (rows + 2)]).isZero();
      assertThat(y[token * (rows + 2) + rows + 1]).isZero();
    }
  }

  private static double expected(Case one, int row, float[] x, int at) {
    float[] numbers = new float[one.weights().columns()];
    one.weights().read(row, 0, numbers.length, numbers, 0);
    double sum = 0;
    for (ColumnPlan.Piece piece : one.plan().pieces()) {
      for (int i = 0; i < piece.count(); i++) {
        sum += (double) numbers[piece.column() + i] * x[at + piece.source() + i];
      }
    }
    return sum;
  }

  @Test
  void rowsReadAsThePackedMatrixDoes() {
    ColumnGroups groups = new ColumnGroups(List.of(10, 6), 4);
    FourBitRows rows = random.fourBit(5, groups);
    ByteBuffer values = ByteBuffer.wrap(rows.values(), 0, 5 * 8);
    ByteBuffer halves = ByteBuffer.allocate(5 * 5 * Short.BYTES);
    FloatCodec.encode(DType.F16, FloatBuffer.wrap(rows.scales()), halves);
    float[] expected = PackedMatrix.ofBytes(groups, values, halves.flip()).dequantised(0, 5);
    float[] actual = new float[5 * 16];
    for (int row = 0; row < 5; row++) {
      rows.read(row, 0, 7, actual, row * 16);
      rows.read(row, 7, 9, actual, row * 16 + 7);
    }
    assertThat(actual).as("seed %d", SEED).isEqualTo(expected);
  }

  @Test
  void everyScaleIsDecodedExactly() {
    for (int bits = 0; bits < 0x7c00; bits++) {
      float expected = FloatCodec.roundedToF16(FourBitTable.ofHalf((short) bits));
      assertThat(FourBitTable.ofHalf((short) bits)).isEqualTo(expected);
      assertThat(FourBitTable.ofHalf((short) (bits | 0x8000))).isEqualTo(-expected);
    }
    assertThat(FourBitTable.ofHalf((short) 0x3c00)).isEqualTo(1);
    assertThat(FourBitTable.ofHalf((short) 1)).isEqualTo(0x1p-24f);
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
    for (int channels : new int[] {1, 6, 16, 40, 64, 69}) {
      for (int positions : new int[] {1, 7, 33}) {
        float[] cached = random.gaussian(5 + positions * stride);
        float[] q = random.gaussian(2 + channels);
        float[] scores = random.gaussian(positions);
        float[] before = scores.clone();
        CacheRows rows = new CacheRows().set(cached, 5, stride).extent(positions, channels);
        kernels.addScores(q, 2, rows, scores);
        float[] mixed = new float[channels + 2];
        kernels.mix(scores, rows, mixed, 1);
        for (int p = 0; p < positions; p++) {
          double score = before[p];
          for (int c = 0; c < channels; c++) {
            score += (double) q[2 + c] * cached[5 + p * stride + c];
          }
          assertThat((double) scores[p]).as("seed %d", SEED).isCloseTo(score, within(1e-4));
        }
        for (int c = 0; c < channels; c++) {
          double sum = 0;
          for (int p = 0; p < positions; p++) {
            sum += (double) scores[p] * cached[5 + p * stride + c];
          }
          assertThat((double) mixed[1 + c]).as("seed %d", SEED).isCloseTo(sum, within(1e-3));
        }
        assertThat(mixed[0]).isZero();
        assertThat(mixed[channels + 1]).isZero();
      }
    }
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

  @Test
  void plansRefuseMoreColumnsThanThereAre() {
    ColumnGroups groups = new ColumnGroups(List.of(10, 6), 4);
    assertThatThrownBy(() -> ColumnPlan.prefixes(groups, List.of(12, 6)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("[12, 6] columns of runs of [10, 6]");
    assertThatThrownBy(() -> ColumnPlan.prefixes(groups, List.of(10)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void vectorsAreChosenWhereTheJvmHasThem() {
    Kernels.Choice choice = Kernels.best();
    assertThat(choice.kernels()).isInstanceOf(VectorKernels.class);
    assertThat(choice.reason()).matches("vectors of \\d+ bits, as wide as this processor's");
  }
}
