package io.gramian.edge.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with 4-bit rows, on inputs in the order of {@link FourBitLayout}. A nibble costs an AND,
 * a conversion and a multiplication: {@code 24 / (8 L)} vector operations a weight, and {@code 1/2
 * + 2 / group} bytes of memory.
 *
 * <p>One row at a time, and the loop in one piece: the compiler keeps vectors in registers only
 * within what it compiles as a whole, and gives up on longer loops (four rows at a time were ten
 * times slower). The processor overlaps the steps by itself.
 */
final class VectorFourBit {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int STEP = FourBitLayout.VECTORS * L;
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(F, -1L << (L / 2));

  private VectorFourBit() {}

  /** One token's outputs. */
  static void multiply(Product product, RowSpan span, int token) {
    FourBitRows weights = (FourBitRows) product.weights();
    FourBitLayout layout = (FourBitLayout) product.input().layout();
    float[] x = product.input().values();
    int xAt = product.input().at(token);
    float[] y = product.output();
    int yAt = token * product.stride() + span.output() - span.from();
    for (int row = span.from(); row < span.to(); row++) {
      y[yAt + row] = row(weights, layout, row, x, xAt);
    }
  }

  private static float row(FourBitRows weights, FourBitLayout layout, int row, float[] x, int xAt) {
    byte[] values = weights.values();
    float[] scales = weights.scales();
    int first = weights.firstByte(row);
    int firstScale = weights.firstScale(row);
    int steps = layout.steps();
    FloatVector y = FloatVector.zero(F);
    for (int step = 0; step < steps; step++) {
      int at = xAt + step * STEP;
      IntVector w = load(values, first + layout.byteAt(step));
      FloatVector sum = FloatVector.fromArray(F, x, at + 8 * L);
      sum = number(w.and(0xf)).fma(FloatVector.fromArray(F, x, at), sum);
      sum = number(w.and(0xf0)).fma(FloatVector.fromArray(F, x, at + L), sum);
      sum = number(w.and(0xf00)).fma(FloatVector.fromArray(F, x, at + 2 * L), sum);
      sum = number(w.and(0xf000)).fma(FloatVector.fromArray(F, x, at + 3 * L), sum);
      sum = number(w.and(0xf0000)).fma(FloatVector.fromArray(F, x, at + 4 * L), sum);
      sum = number(w.and(0xf00000)).fma(FloatVector.fromArray(F, x, at + 5 * L), sum);
      sum = number(w.and(0xf000000)).fma(FloatVector.fromArray(F, x, at + 6 * L), sum);
      IntVector last = w.lanewise(VectorOperators.LSHR, 28);
      sum = number(last).fma(FloatVector.fromArray(F, x, at + 7 * L), sum);
      y = sum.fma(scale(scales, firstScale, layout, step), y);
    }
    return y.reduceLanes(VectorOperators.ADD);
  }

  private static IntVector load(byte[] values, int at) {
    return ByteVector.fromArray(B, values, at).reinterpretAsInts();
  }

  private static FloatVector scale(float[] scales, int at, FourBitLayout layout, int step) {
    FloatVector scale = FloatVector.broadcast(F, scales[at + layout.scaleAt(step)]);
    return layout.isPair(step)
        ? scale.blend(scales[at + layout.secondScaleAt(step)], UPPER)
        : scale;
  }

  private static FloatVector number(IntVector integers) {
    return (FloatVector) integers.convert(VectorOperators.I2F, 0);
  }

  /**
   * Writes a row as a plain one of which the dot product with the arranged inputs is wanted: for
   * every step the masked nibbles times the scale, then the scale.
   */
  static void unpack(FourBitRows weights, FourBitLayout layout, int row, float[] to, int at) {
    byte[] values = weights.values();
    int first = weights.firstByte(row);
    int firstScale = weights.firstScale(row);
    int steps = layout.steps();
    for (int step = 0; step < steps; step++) {
      IntVector w = load(values, first + layout.byteAt(step));
      FloatVector scale = scale(weights.scales(), firstScale, layout, step);
      int output = at + step * STEP;
      number(w.and(0xf)).mul(scale).intoArray(to, output);
      number(w.and(0xf0)).mul(scale).intoArray(to, output + L);
      number(w.and(0xf00)).mul(scale).intoArray(to, output + 2 * L);
      number(w.and(0xf000)).mul(scale).intoArray(to, output + 3 * L);
      number(w.and(0xf0000)).mul(scale).intoArray(to, output + 4 * L);
      number(w.and(0xf00000)).mul(scale).intoArray(to, output + 5 * L);
      number(w.and(0xf000000)).mul(scale).intoArray(to, output + 6 * L);
      number(w.lanewise(VectorOperators.LSHR, 28)).mul(scale).intoArray(to, output + 7 * L);
      scale.intoArray(to, output + 8 * L);
    }
  }
}
