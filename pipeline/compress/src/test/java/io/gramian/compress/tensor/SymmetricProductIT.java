package io.gramian.compress.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymmetricProductIT {

  private static final double ROUNDING = 1e-11;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 13", "13, 1", "7, 207", "207, 13", "0, 13"})
  void isThePlainProductAndExactlySymmetric(int rows, int columns) {
    double[] x = new Random(columns).doubles((long) rows * columns, -1, 1).toArray();
    double[] product = product(x, rows, columns);
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        double expected = 0;
        for (int row = 0; row < rows; row++) {
          expected += x[row * columns + i] * x[row * columns + j];
        }
        assertThat(product[i * columns + j])
            .as("seed %d, element %d, %d", columns, i, j)
            .isCloseTo(expected, within(ROUNDING))
            .isEqualTo(product[j * columns + i]);
      }
    }
  }

  private static double[] product(double[] x, int rows, int columns) {
    try (PointerScope scope = new PointerScope()) {
      Tensor matrix = Tensor.create(x, rows, columns);
      return Tensors.doubles(SymmetricProduct.of(matrix));
    }
  }
}
