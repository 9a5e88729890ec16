package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.DenseMatrix;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In the paper's row-vector notation: {@code V [tokens, d]}, {@code W_o [d, q h]}. */
class ValueOutputRotationIT {

  private static final int TOKENS = 60;
  private static final int OUTPUTS = 26;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({
    "ACTIVATION, 1, 1",
    "ACTIVATION, 13, 2",
    "JOINT, 1, 3",
    "JOINT, 8, 4",
    "JOINT, 13, 5"
  })
  void theInverseIsOneAndSingularValuesFall(ValueOutputCriterion criterion, int size, long seed) {
    Random random = new Random(seed);
    DenseMatrix v = DenseMatrix.random(random, TOKENS, size);
    Basis basis = Basis.of(criterion, v, DenseMatrix.random(random, size, OUTPUTS));
    assertIdentity(basis.forward().times(basis.backward()), size, seed);
    assertThat(basis.singularValues()).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theActivationBasisHoldsTheEigenvectors(long seed) {
    Random random = new Random(seed);
    DenseMatrix v = DenseMatrix.random(random, TOKENS, 13);
    Basis basis =
        Basis.of(ValueOutputCriterion.ACTIVATION, v, DenseMatrix.random(random, 13, OUTPUTS));
    DenseMatrix rotated = v.times(basis.forward());
    assertDiagonal(rotated.transposed().times(rotated), basis.singularValues(), seed);
    assertIdentity(basis.forward().transposed().times(basis.forward()), 13, seed);
  }

  /** Singular values stand on the value side; the rows of {@code W_o'} are orthonormal. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theJointBasisIsTheSvdOfTheProduct(long seed) {
    Random random = new Random(seed);
    DenseMatrix v = DenseMatrix.random(random, TOKENS, 13);
    DenseMatrix output = DenseMatrix.random(random, 13, OUTPUTS);
    Basis basis = Basis.of(ValueOutputCriterion.JOINT, v, output);
    DenseMatrix rotated = v.times(basis.forward());
    assertDiagonal(rotated.transposed().times(rotated), basis.singularValues(), seed);
    DenseMatrix rows = basis.backward().times(output);
    assertIdentity(rows.times(rows.transposed()), 13, seed);
  }

  /** Eckart-Young: no basis loses less of {@code V W_o} than the product's singular vectors. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void truncatingTheJointBasisLosesLeast(long seed) {
    Random random = new Random(seed);
    int size = 13;
    DenseMatrix mix = DenseMatrix.random(random, size, size);
    DenseMatrix v = DenseMatrix.random(random, TOKENS, size).times(mix);
    DenseMatrix output = DenseMatrix.random(random, size, OUTPUTS);
    Basis joint = Basis.of(ValueOutputCriterion.JOINT, v, output);
    Basis activation = Basis.of(ValueOutputCriterion.ACTIVATION, v, output);
    DenseMatrix any = DenseMatrix.random(random, size, size);
    Basis other = new Basis(any, any.inverse(), new double[size]);
    for (int kept = 1; kept < size; kept++) {
      double least = joint.lost(v, output, kept);
      double tail = 0;
      for (int i = kept; i < size; i++) {
        tail += Math.pow(joint.singularValues()[i], 2);
      }
      assertThat(least).as("seed %d k %d", seed, kept).isCloseTo(Math.sqrt(tail), within(1e-7));
      assertThat(least).isLessThanOrEqualTo(activation.lost(v, output, kept) + 1e-9);
      assertThat(least).isLessThan(other.lost(v, output, kept));
    }
  }

  /** Three of eight directions carry values: three columns keep all of {@code V W_o}. */
  @ParameterizedTest
  @EnumSource(ValueOutputCriterion.class)
  void plantedRankIsFound(ValueOutputCriterion criterion) {
    long seed = 38;
    Random random = new Random(seed);
    DenseMatrix v = DenseMatrix.random(random, TOKENS, 3).times(DenseMatrix.random(random, 3, 8));
    DenseMatrix output = DenseMatrix.random(random, 8, OUTPUTS);
    Basis basis = Basis.of(criterion, v, output);
    assertThat(basis.lost(v, output, 3))
        .as("seed %d", seed)
        .isLessThan(1e-5 * v.times(output).norm());
    assertThat(basis.singularValues()[3]).isLessThan(1e-5 * basis.singularValues()[2]);
    assertIdentity(basis.forward().times(basis.backward()), 8, seed);
  }

  @ParameterizedTest
  @EnumSource(ValueOutputCriterion.class)
  void valuesThatAreAllZeroKeepAnInvertibleBasis(ValueOutputCriterion criterion) {
    DenseMatrix zero = DenseMatrix.of(TOKENS, 8, new double[TOKENS * 8]);
    DenseMatrix output = DenseMatrix.random(new Random(8), 8, OUTPUTS);
    Basis basis = Basis.of(criterion, zero, output);
    assertIdentity(basis.forward().times(basis.backward()), 8, 8);
    assertThat(Arrays.stream(basis.singularValues())).allMatch(Double::isFinite);
  }

  @Test
  void anOutputMapOfZerosKeepsAnInvertibleBasis() {
    DenseMatrix v = DenseMatrix.random(new Random(9), TOKENS, 8);
    DenseMatrix zero = DenseMatrix.of(8, OUTPUTS, new double[8 * OUTPUTS]);
    Basis basis = Basis.of(ValueOutputCriterion.JOINT, v, zero);
    assertIdentity(basis.forward().times(basis.backward()), 8, 9);
    assertThat(basis.singularValues()).containsOnly(0);
  }

  /** A rotation in plain arrays. */
  private static final class Basis {

    private final DenseMatrix forward;
    private final DenseMatrix backward;
    private final double[] singularValues;

    Basis(DenseMatrix forward, DenseMatrix backward, double[] singularValues) {
      this.forward = forward;
      this.backward = backward;
      this.singularValues = singularValues;
    }

    DenseMatrix forward() {
      return forward;
    }

    DenseMatrix backward() {
      return backward;
    }

    double[] singularValues() {
      return singularValues;
    }

    static Basis of(ValueOutputCriterion criterion, DenseMatrix v, DenseMatrix output) {
      try (PointerScope scope = new PointerScope()) {
        DenseMatrix gram = v.transposed().times(v);
        DenseMatrix outputGram = output.times(output.transposed());
        Rotation rotation =
            ValueOutputRotation.of(criterion, 0, gram.toTensor(), outputGram.toTensor());
        int size = rotation.size();
        return new Basis(
            DenseMatrix.of(size, size, Tensors.doubles(rotation.basis())),
            DenseMatrix.of(size, size, Tensors.doubles(rotation.inverse())),
            rotation.singularValues());
      }
    }

    /** {@code ||V W_o - V_k W_o_k||} with the first {@code kept} channels of this basis. */
    double lost(DenseMatrix v, DenseMatrix output, int kept) {
      DenseMatrix part = v.times(forward).firstColumns(kept).times(backward.times(output));
      return v.times(output).plus(part, -1).norm();
    }
  }

  private static void assertIdentity(DenseMatrix actual, int size, long seed) {
    assertThat(actual.toArray())
        .as("seed %d", seed)
        .containsExactly(DenseMatrix.identity(size).toArray(), within(1e-8));
  }

  private static void assertDiagonal(DenseMatrix actual, double[] roots, long seed) {
    for (int i = 0; i < roots.length; i++) {
      for (int j = 0; j < roots.length; j++) {
        assertThat(actual.get(i, j))
            .as("seed %d element %d %d", seed, i, j)
            .isCloseTo(i == j ? roots[i] * roots[i] : 0, within(1e-9 * roots[0] * roots[0]));
      }
    }
  }
}
