package io.gramian.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.DenseMatrix;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.model.LinearSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that have no plain answer: each is recovered from on record, or refused by name. */
class RecoveriesIT {

  private static final long SEED = 13;
  private static final int SIZE = 40;
  private static final ColumnGroups GROUPS = ColumnGroups.whole(SIZE, 16);
  private static final String LABEL =
      "mixer-input of block 3, read by model.layers.1.mlp.up_proj.weight";

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  private static GptqFactor factor(DenseMatrix hessian) {
    try (PointerScope scope = new PointerScope()) {
      return GptqFactor.of(LABEL, hessian.toTensor());
    }
  }

  @Test
  void fewTokensAreDampedAsUsual() {
    DenseMatrix hessian = RandomInputs.correlated(new Random(SEED), 3, SIZE);
    GptqFactor factor = factor(hessian);
    assertThat(factor.recoveries()).isEqualTo(new Recoveries(0.01, List.of()));
    assertThat(factor.recoveries().any()).isFalse();
    assertThat(factor.size()).isEqualTo(SIZE);
  }

  /** {@code U'U} is the inverse of the damped Hessian. */
  @Test
  void theFactorIsThatOfTheInverse() {
    DenseMatrix hessian = RandomInputs.correlated(new Random(SEED), 500, SIZE);
    GptqFactor factor = factor(hessian);
    double[] upper = new double[SIZE * SIZE];
    for (int i = 0; i < SIZE; i++) {
      System.arraycopy(factor.row(i), 0, upper, i * SIZE + i, SIZE - i);
    }
    DenseMatrix u = DenseMatrix.of(SIZE, SIZE, upper);
    DenseMatrix inverse = RandomInputs.damped(hessian, SIZE, 0.01).inverse();
    assertThat(u.transposed().times(u).plus(inverse, -1).norm() / inverse.norm())
        .as("seed %d", SEED)
        .isLessThan(1e-10);
  }

  /** The smallest eigenvalue is -5 % of the mean diagonal: 1 % does not lift it, 10 % does. */
  @Test
  void moreDampingIsRecorded() {
    GptqFactor factor = factor(diagonal(0.05));
    assertThat(factor.recoveries().damping()).isCloseTo(0.1, within(1e-12));
    assertThat(factor.recoveries().any()).isTrue();
  }

  /** Ones but for the first place, which is {@code -lowest} of the mean. */
  private static DenseMatrix diagonal(double lowest) {
    double[] values = DenseMatrix.identity(SIZE).toArray();
    values[0] = -lowest * (SIZE - 1) / (SIZE + lowest);
    return DenseMatrix.of(SIZE, SIZE, values);
  }

  @Test
  void refusesAHessianThatNoDampingMends() {
    double[] values = DenseMatrix.identity(SIZE).toArray();
    values[1] = 1e9;
    values[SIZE] = 1e9;
    DenseMatrix hessian = DenseMatrix.of(SIZE, SIZE, values);
    assertThatThrownBy(() -> factor(hessian))
        .isInstanceOf(UserException.class)
        .hasMessage(
            LABEL
                + ": the Hessian is not positive definite, even with 100 times its mean added to"
                + " the diagonal: calibrate on more text");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAHessianThatIsNotFinite(double value) {
    double[] values = DenseMatrix.identity(SIZE).toArray();
    values[7] = value;
    DenseMatrix hessian = DenseMatrix.of(SIZE, SIZE, values);
    assertThatThrownBy(() -> factor(hessian))
        .isInstanceOf(UserException.class)
        .hasMessage(
            LABEL
                + ": the Hessian has values that are not finite: the checkpoint is damaged or its"
                + " training diverged");
  }

  /** No token reaches channel 5: its weights are rounded as they are. */
  @ParameterizedTest
  @EnumSource
  void aDeadChannelIsRecordedAndRounded(ScaleRule rule) {
    Random random = new Random(SEED);
    double[] values = RandomInputs.correlated(random, 500, SIZE).toArray();
    for (int i = 0; i < SIZE; i++) {
      values[5 * SIZE + i] = 0;
      values[i * SIZE + 5] = 0;
    }
    GptqFactor factor = factor(DenseMatrix.of(SIZE, SIZE, values));
    assertThat(factor.recoveries()).isEqualTo(new Recoveries(0.01, List.of(5)));
    assertThat(factor.recoveries().any()).isTrue();
    float[] weights = RandomInputs.weights(random, 13, SIZE);
    PackedMatrix packed = new Gptq(factor, GROUPS, rule).quantise("w", weights);
    float[] rounded = packed.dequantised(0, 13);
    for (int row = 0; row < 13; row++) {
      float scale = scaleOf(rounded, row * SIZE);
      int at = row * SIZE + 5;
      assertThat(rounded[at])
          .as("seed %d, row %d", SEED, row)
          .isEqualTo(scale * GroupScale.level(weights[at], scale));
    }
  }

  /** The first group's scale: what its numbers are multiples of. */
  private static float scaleOf(float[] rounded, int from) {
    float least = Float.MAX_VALUE;
    for (int i = from; i < from + 16; i++) {
      for (int j = from; j < from + 16; j++) {
        float difference = Math.abs(rounded[i] - rounded[j]);
        least = difference > 0 ? Math.min(least, difference) : least;
      }
    }
    return least;
  }

  /** Nothing was ever seen: the nearest level of each weight. */
  @ParameterizedTest
  @EnumSource
  void withoutAnyInputWeightsAreRounded(ScaleRule rule) {
    float[] weights = RandomInputs.weights(new Random(SEED), 13, SIZE);
    GptqFactor factor = factor(DenseMatrix.of(SIZE, SIZE, new double[SIZE * SIZE]));
    assertThat(factor.recoveries().deadChannels()).hasSize(SIZE);
    assertThat(new Gptq(factor, GROUPS, rule).quantise("w", weights))
        .isEqualTo(new RoundToNearest(GROUPS, rule).quantise("w", weights));
  }

  @ParameterizedTest
  @EnumSource
  void constantAndZeroTensorsStay(ScaleRule rule) {
    DenseMatrix hessian = RandomInputs.correlated(new Random(SEED), 500, SIZE);
    GptqFactor factor = factor(hessian);
    float[] weights = new float[2 * SIZE];
    Arrays.fill(weights, SIZE, 2 * SIZE, 0.3f);
    PackedMatrix packed = new Gptq(factor, GROUPS, rule).quantise("w", weights);
    float[] rounded = packed.dequantised(0, 2);
    assertThat(Arrays.copyOf(rounded, SIZE)).containsOnly(0f);
    assertThat(packed.scales().order(java.nio.ByteOrder.LITTLE_ENDIAN).getShort(0))
        .as("the smallest normal F16")
        .isEqualTo((short) 0x0400);
    double energy = RandomInputs.error(hessian, weights, new float[2 * SIZE], SIZE);
    assertThat(RandomInputs.error(hessian, weights, rounded, SIZE) / energy).isLessThan(1e-2);
  }

  @ParameterizedTest
  @EnumSource
  void refusesAWeightThatIsNoNumber(ScaleRule rule) {
    GptqFactor factor = factor(DenseMatrix.identity(SIZE));
    float[] weights = RandomInputs.weights(new Random(SEED), 3, SIZE);
    weights[2 * SIZE + 7] = Float.NaN;
    for (RowQuantiser quantiser :
        List.of(new Gptq(factor, GROUPS, rule), new RoundToNearest(GROUPS, rule))) {
      assertThatThrownBy(() -> quantiser.quantise("lm_head.weight", weights))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "lm_head.weight: a weight of NaN cannot be quantised (the largest F16 scale is"
                  + " 65504): the checkpoint is damaged or its training diverged");
    }
  }

  @Test
  void refusesWeightsBeyondTheLargestScale() {
    float[] weights = new float[SIZE];
    weights[1] = -458_600;
    assertThatThrownBy(
            () -> new RoundToNearest(GROUPS, ScaleRule.MAX).quantise("lm_head.weight", weights))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("lm_head.weight: a weight of 458600.0 cannot be quantised");
    weights[1] = -458_000;
    assertThat(
            new RoundToNearest(GROUPS, ScaleRule.SEARCHED)
                .quantise("lm_head.weight", weights)
                .dequantised(0, 1)[1])
        .isCloseTo(-458_000f, within(500f));
  }

  @Test
  void anActivationThatIsNoNumberNamesTheMaps() {
    LinearSpec up = new LinearSpec("model.layers.1.mlp.up_proj.weight", null, 8, 4);
    ProjectionInput input = new ProjectionInput(3, Site.MIXER_INPUT, List.of(up));
    SiteRecorder recorder =
        BlockStatistics.ofInputs(List.of(input)).recorder(new TokenMask(new int[] {2}, 2));
    try (PointerScope scope = new PointerScope()) {
      Tensor x = Tensor.create(new float[] {1, 2, 3, 4, 5, Float.NaN, 7, 8}, 1, 2, 4);
      assertThatThrownBy(() -> recorder.record(Site.MIXER_INPUT, x))
          .isInstanceOf(UserException.class)
          .hasMessage(
              LABEL
                  + ": the activations overflow (a term of NaN cannot be summed (limit 4.6e18)):"
                  + " the checkpoint is damaged or its training diverged");
    }
  }
}
