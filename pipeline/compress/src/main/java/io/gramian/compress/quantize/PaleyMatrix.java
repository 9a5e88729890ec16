package io.gramian.compress.quantize;

import org.bytedeco.pytorch.Tensor;

/**
 * Paley's Hadamard matrices, from the squares modulo a prime {@code q}. With {@code chi(a)} 0 for
 * zero, 1 for a square and -1 otherwise, {@code K_ij = chi(i - j)}, and {@code S} that matrix
 * bordered by ones:
 *
 * <ul>
 *   <li>{@code q = 3 (mod 4)}: {@code I + S} with {@code S} skew, of size {@code q + 1} (12 of 11,
 *       20 of 19);
 *   <li>{@code q = 1 (mod 4)}: each entry of the symmetric {@code S} replaced by a matrix of two
 *       rows, of size {@code 2 (q + 1)} (28 of 13).
 * </ul>
 */
final class PaleyMatrix {

  private final double[][] entries;

  private PaleyMatrix(double[][] entries) {
    this.entries = entries;
  }

  /** The matrix of size 12, 20 or 28. */
  static PaleyMatrix of(int size) {
    return new PaleyMatrix(
        switch (size) {
          case 12, 20 -> first(size - 1);
          case 28 -> second(size / 2 - 1);
          default -> throw new IllegalArgumentException("size " + size);
        });
  }

  private static double[][] first(int prime) {
    double[][] matrix = bordered(prime, -1);
    for (int i = 0; i <= prime; i++) {
      matrix[i][i] = 1;
    }
    return matrix;
  }

  private static double[][] second(int prime) {
    double[][] symmetric = bordered(prime, 1);
    double[][] matrix = new double[2 * (prime + 1)][2 * (prime + 1)];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix.length; j++) {
        double sign = symmetric[i / 2][j / 2];
        boolean oddRow = i % 2 == 1;
        boolean oddColumn = j % 2 == 1;
        double off = oddRow && oddColumn ? -sign : sign;
        double diagonal = oddRow == oddColumn ? (oddRow ? -1 : 1) : -1;
        matrix[i][j] = i / 2 == j / 2 ? diagonal : off;
      }
    }
    return matrix;
  }

  /** {@code S}, with {@code border} in its first column. */
  private static double[][] bordered(int prime, int border) {
    double[][] matrix = new double[prime + 1][prime + 1];
    for (int i = 1; i <= prime; i++) {
      matrix[0][i] = 1;
      matrix[i][0] = border;
      for (int j = 1; j <= prime; j++) {
        matrix[i][j] = character(Math.floorMod(i - j, prime), prime);
      }
    }
    return matrix;
  }

  private static int character(int a, int prime) {
    if (a == 0) {
      return 0;
    }
    for (int root = 1; root < prime; root++) {
      if (root * root % prime == a) {
        return 1;
      }
    }
    return -1;
  }

  /** {@code [size, size]}, F64. */
  Tensor toTensor() {
    int size = entries.length;
    double[] flat = new double[size * size];
    for (int i = 0; i < size; i++) {
      System.arraycopy(entries[i], 0, flat, i * size, size);
    }
    return Tensor.create(flat, size, size);
  }
}
