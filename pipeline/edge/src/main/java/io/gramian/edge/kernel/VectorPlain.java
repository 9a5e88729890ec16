package io.gramian.edge.kernel;

import io.gramian.checkpoint.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with BF16 and F32 rows, on inputs in the order of {@link PlainLayout}. A BF16 is the
 * upper half of an F32: a vector of 32-bit integers holds two, and a shift or a mask makes numbers
 * of them.
 */
final class VectorPlain {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int UPPER = 0xffff_0000;

  private VectorPlain() {}

  /** One token's outputs. */
  static void multiply(Product product, Arranged input, RowSpan span) {
    PlainRows weights = (PlainRows) product.weights();
    PlainLayout layout = (PlainLayout) input.layout();
    float[] x = input.values();
    int xAt = input.at(0);
    float[] y = product.output();
    int yAt = span.output() - span.from();
    boolean halves = weights.dtype() == DType.BF16;
    for (int row = span.from(); row < span.to(); row++) {
      float sum = halves ? bf16(weights, layout, row, x, xAt) : f32(weights, layout, row, x, xAt);
      for (int column = layout.whole(); column < layout.inputs(); column++) {
        sum += weights.at(row, column) * x[xAt + column];
      }
      y[yAt + row] = sum;
    }
  }

  private static float bf16(PlainRows weights, PlainLayout layout, int row, float[] x, int xAt) {
    ByteBuffer numbers = weights.numbers();
    int first = row * weights.columns() * Short.BYTES;
    int whole = layout.whole();
    FloatVector even = FloatVector.zero(F);
    FloatVector odd = FloatVector.zero(F);
    FloatVector even2 = FloatVector.zero(F);
    FloatVector odd2 = FloatVector.zero(F);
    int column = 0;
    for (; column + 4 * L <= whole; column += 4 * L) {
      IntVector w = halves(numbers, first + column * Short.BYTES);
      IntVector w2 = halves(numbers, first + (column + 2 * L) * Short.BYTES);
      even = lower(w).fma(FloatVector.fromArray(F, x, xAt + column), even);
      odd = upper(w).fma(FloatVector.fromArray(F, x, xAt + column + L), odd);
      even2 = lower(w2).fma(FloatVector.fromArray(F, x, xAt + column + 2 * L), even2);
      odd2 = upper(w2).fma(FloatVector.fromArray(F, x, xAt + column + 3 * L), odd2);
    }
    if (column < whole) {
      IntVector w = halves(numbers, first + column * Short.BYTES);
      even = lower(w).fma(FloatVector.fromArray(F, x, xAt + column), even);
      odd = upper(w).fma(FloatVector.fromArray(F, x, xAt + column + L), odd);
    }
    return even.add(odd).add(even2.add(odd2)).reduceLanes(VectorOperators.ADD);
  }

  private static IntVector halves(ByteBuffer numbers, int at) {
    return IntVector.fromByteBuffer(I, numbers, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static FloatVector lower(IntVector halves) {
    return halves.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector upper(IntVector halves) {
    return halves.and(UPPER).reinterpretAsFloats();
  }

  private static float f32(PlainRows weights, PlainLayout layout, int row, float[] x, int xAt) {
    ByteBuffer numbers = weights.numbers();
    int first = row * weights.columns() * Float.BYTES;
    int whole = layout.whole();
    FloatVector sum = FloatVector.zero(F);
    FloatVector sum2 = FloatVector.zero(F);
    for (int column = 0; column < whole; column += 2 * L) {
      int at = first + column * Float.BYTES;
      sum = floats(numbers, at).fma(FloatVector.fromArray(F, x, xAt + column), sum);
      sum2 =
          floats(numbers, at + L * Float.BYTES)
              .fma(FloatVector.fromArray(F, x, xAt + column + L), sum2);
    }
    return sum.add(sum2).reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector floats(ByteBuffer numbers, int at) {
    return FloatVector.fromByteBuffer(F, numbers, at, ByteOrder.LITTLE_ENDIAN);
  }

  /** Writes a row as F32 numbers in the order of the arranged inputs. */
  static void unpack(PlainRows weights, PlainLayout layout, int row, float[] to, int at) {
    int whole = layout.whole();
    int first = row * weights.columns() * weights.dtype().bytes();
    for (int column = 0; column < whole; column += 2 * L) {
      if (weights.dtype() == DType.BF16) {
        IntVector w = halves(weights.numbers(), first + column * Short.BYTES);
        lower(w).intoArray(to, at + column);
        upper(w).intoArray(to, at + column + L);
      } else {
        int from = first + column * Float.BYTES;
        floats(weights.numbers(), from).intoArray(to, at + column);
        floats(weights.numbers(), from + L * Float.BYTES).intoArray(to, at + column + L);
      }
    }
    weights.read(row, whole, layout.inputs() - whole, to, at + whole);
  }
}
