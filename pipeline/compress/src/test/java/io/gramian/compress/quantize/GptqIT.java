package io.gramian.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.DenseMatrix;
import io.gramian.compress.tensor.NativeRuntime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** GPTQ against the textbook, and what holds whatever the textbook says. */
class GptqIT {

  private static final double DAMPING = 0.01;
  private static final int TOKENS = 500;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  private static GptqFactor factor(DenseMatrix hessian) {
    try (PointerScope scope = new PointerScope()) {
      return GptqFactor.of("test", hessian.toTensor());
    }
  }

  private static PackedMatrix gptq(
      DenseMatrix hessian, ColumnGroups groups, ScaleRule rule, float[] rows) {
    return new Gptq(factor(hessian), groups, rule).quantise("test", rows);
  }

  static Stream<Arguments> shapes() {
    List<Arguments> shapes = new ArrayList<>();
    for (ScaleRule rule : ScaleRule.values()) {
      shapes.add(Arguments.of(1, ColumnGroups.whole(64, 16), rule));
      shapes.add(Arguments.of(13, ColumnGroups.whole(26, 8), rule));
      shapes.add(Arguments.of(207, new ColumnGroups(List.of(10, 10, 10), 8), rule));
      shapes.add(Arguments.of(13, new ColumnGroups(List.of(2, 30, 12, 2), 128), rule));
      shapes.add(Arguments.of(3, new ColumnGroups(List.of(128, 170), 128), rule));
    }
    return shapes.stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void equalsTheTextbook(int rows, ColumnGroups groups, ScaleRule rule) {
    int columns = groups.columns();
    for (long seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed);
      float[] weights = RandomInputs.weights(random, rows, columns);
      for (DenseMatrix hessian :
          List.of(
              RandomInputs.independent(random, TOKENS, columns),
              RandomInputs.correlated(random, TOKENS, columns),
              RandomInputs.correlated(random, 5, columns))) {
        PackedMatrix plain =
            PlainGptq.quantise(
                RandomInputs.damped(hessian, columns, DAMPING), groups, rule, weights);
        PackedMatrix actual = gptq(hessian, groups, rule, weights);
        assertThat(actual.dequantised(0, rows))
            .as("seed %d", seed)
            .isEqualTo(plain.dequantised(0, rows));
        assertThat(actual).as("seed %d", seed).isEqualTo(plain);
      }
    }
  }

  /** 207 rows and 700 columns: several groups, tiles and bundles of rows. */
  @ParameterizedTest
  @EnumSource
  void anyRangesOfRowsGiveTheSameBytes(ScaleRule rule) {
    Random random = new Random(207);
    ColumnGroups groups = new ColumnGroups(List.of(300, 62, 338), 128);
    float[] weights = RandomInputs.weights(random, 207, 700);
    GptqFactor factor = factor(RandomInputs.correlated(random, TOKENS, 700));
    RowQuantiser whole = new Gptq(factor, groups, rule);
    PackedMatrix expected = whole.quantise("test", weights);
    for (long seed = 1; seed <= 3; seed++) {
      Random cuts = new Random(seed);
      List<PackedMatrix> parts = new ArrayList<>();
      for (int from = 0; from < 207; ) {
        int to = Math.min(207, from + 1 + cuts.nextInt(80));
        float[] part = Arrays.copyOfRange(weights, from * 700, to * 700);
        parts.add(new Gptq(factor, groups, rule).quantise("test", part));
        from = to;
      }
      assertThat(PackedMatrix.joined(parts)).as("seed %d", seed).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @EnumSource
  void losesLessThanRoundingToNearest(ScaleRule rule) {
    ColumnGroups groups = ColumnGroups.whole(96, 32);
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      float[] weights = RandomInputs.weights(random, 13, 96);
      for (DenseMatrix hessian :
          List.of(
              RandomInputs.independent(random, TOKENS, 96),
              RandomInputs.correlated(random, TOKENS, 96))) {
        float[] nearest =
            new RoundToNearest(groups, rule).quantise("test", weights).dequantised(0, 13);
        float[] gptq = gptq(hessian, groups, rule, weights).dequantised(0, 13);
        assertThat(RandomInputs.error(hessian, weights, gptq, 96))
            .as("seed %d", seed)
            .isLessThan(RandomInputs.error(hessian, weights, nearest, 96));
      }
    }
  }

  /** Weights that four bits can hold come back as they were, whatever the inputs. */
  @Test
  void weightsThatNeedNoRoundingStay() {
    ColumnGroups groups = new ColumnGroups(List.of(20, 44), 16);
    for (long seed = 1; seed <= 10; seed++) {
      Random random = new Random(seed);
      PackedMatrix planted = planted(groups, random);
      float[] weights = planted.dequantised(0, 13);
      DenseMatrix hessian = RandomInputs.correlated(random, TOKENS, 64);
      assertThat(gptq(hessian, groups, ScaleRule.SEARCHED, weights))
          .as("seed %d", seed)
          .isEqualTo(planted);
      assertThat(new RoundToNearest(groups, ScaleRule.SEARCHED).quantise("test", weights))
          .as("seed %d", seed)
          .isEqualTo(planted);
    }
  }

  /** Every group holds one of the outermost levels. */
  private static PackedMatrix planted(ColumnGroups groups, Random random) {
    byte[] levels = new byte[13 * groups.columns()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (random.nextInt(15) - 7);
    }
    for (int row = 0; row < 13; row++) {
      groups.list().forEach(new Outermost(levels, row * groups.columns(), random)::plant);
    }
    float[] scales = new float[13 * groups.groups()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = (1 + random.nextInt(1024)) / 8192f;
    }
    return PackedMatrix.of(groups, levels, scales);
  }

  private static final class Outermost {

    private final byte[] levels;
    private final int row;
    private final Random random;

    Outermost(byte[] levels, int row, Random random) {
      this.levels = levels;
      this.row = row;
      this.random = random;
    }

    void plant(io.gramian.checkpoint.packed.ColumnGroup group) {
      levels[row + group.from() + random.nextInt(group.size())] =
          (byte) (random.nextBoolean() ? 7 : -8);
    }
  }

  @Test
  void refusesSizesThatDoNotFit() {
    GptqFactor factor = factor(DenseMatrix.identity(4));
    assertThatThrownBy(() -> new Gptq(factor, ColumnGroups.whole(6, 128), ScaleRule.MAX))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a factor of 4 columns for 6");
    Gptq gptq = new Gptq(factor, ColumnGroups.whole(4, 128), ScaleRule.MAX);
    assertThatThrownBy(() -> gptq.quantise("test", new float[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("7 weights in rows of 4");
  }
}
