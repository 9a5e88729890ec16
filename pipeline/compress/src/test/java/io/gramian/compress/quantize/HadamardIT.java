package io.gramian.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code H} holds ones and minus ones, and {@code H H' = n I}. */
class HadamardIT {

  private static final int ROWS = 64;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {1, 2, 4, 8, 12, 20, 24, 28, 40, 48, 56, 80, 160, 256, 896, 1536, 2048, 2560, 3584})
  void isOrthogonal(int size) {
    Hadamard hadamard = Hadamard.ofSize(size).orElseThrow();
    assertThat(hadamard.size()).isEqualTo(size);
    try (PointerScope scope = new PointerScope()) {
      Tensor identity = torch.eye(size, new TensorOptions(torch.ScalarType.Double));
      Tensor matrix = hadamard.rotate(identity);
      Tensor signs = Tensors.times(matrix, Math.sqrt(size));
      assertThat(signs.abs().sub(torch.ones_like(signs)).abs().max().item_double())
          .isLessThan(1e-12);
      Tensor products = Tensors.range(matrix, 0, 0, Math.min(ROWS, size)).mm(matrix.t());
      Tensor expected = Tensors.range(identity, 0, 0, Math.min(ROWS, size));
      assertThat(products.sub(expected).abs().max().item_double()).isLessThan(1e-12);
      Tensor last = Tensors.range(matrix, 0, size - 1, size).mm(matrix.t());
      assertThat(Tensors.doubles(last)[size - 1]).isCloseTo(1, within(1e-12));
      assertThat(last.abs().sum().item_double()).isCloseTo(1, within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 13, 14, 36, 44, 92, 207, 4092})
  void isMissingForOtherSizes(int size) {
    assertThat(Hadamard.ofSize(size)).isEmpty();
  }

  @Test
  void saysWhyAModelIsNotRotated() {
    assertThat(Hadamard.missing(207))
        .isEqualTo(
            "hidden size 207 is no power of two times 1, 12, 20, 28 or 40, so there is no Hadamard"
                + " matrix of it here: the model is quantised without rotation");
  }
}
