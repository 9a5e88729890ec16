package io.gramian.compress.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
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
    double[] x = values(rows, columns);
    requireProduct(product(x, rows, columns), x, columns);
  }

  @ParameterizedTest
  @CsvSource({"0, 3, 13", "1, 1, 1", "7, 207, 13", "5, 2, 207"})
  void productsAddUpToThatOfAllRows(int first, int second, int columns) {
    double[] x = values(first + second, columns);
    requireProduct(sum(x, first, columns), x, columns);
  }

  private static double[] values(int rows, int columns) {
    return new Random(columns).doubles((long) rows * columns, -1, 1).toArray();
  }

  private static void requireProduct(double[] product, double[] x, int columns) {
    for (int i = 0; i < columns; i++) {
      for (int j = 0; j < columns; j++) {
        double expected = 0;
        for (int row = 0; row < x.length / columns; row++) {
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

  /** Of the first rows' product and of the others'. */
  private static double[] sum(double[] x, int first, int columns) {
    try (PointerScope scope = new PointerScope()) {
      Tensor sum = Tensors.zerosDouble(columns, columns);
      int split = first * columns;
      SymmetricProduct.addTo(sum, Tensor.create(Arrays.copyOf(x, split), first, columns));
      double[] others = Arrays.copyOfRange(x, split, x.length);
      SymmetricProduct.addTo(sum, Tensor.create(others, others.length / columns, columns));
      return Tensors.doubles(SymmetricProduct.mirrored(sum));
    }
  }
}
