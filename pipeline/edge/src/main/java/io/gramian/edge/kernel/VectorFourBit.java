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
 * + 4 / group} bytes of memory.
 *
 * <p>What the compiler makes of vectors is brittle, so: one row a method and one loop a row, since
 * it keeps vectors in registers only within what it compiles as a whole, and gives up on more (four
 * rows at a time were ten times slower); methods of more than 325 bytes of code, which it never
 * puts into a larger one; vectors of one width in the whole process. That is why the three loops
 * below say the same thing three times.
 */
final class VectorFourBit {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> B = ByteVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int STEP = FourBitLayout.VECTORS * L;
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(F, -1L << (L / 2));

  private VectorFourBit() {}

  /** One token's outputs. */
  static void multiply(Product product, RowSpan span) {
    FourBitRows weights = (FourBitRows) product.weights();
    FourBitLayout layout = (FourBitLayout) product.input().layout();
    float[] x = product.input().values();
    float[] y = product.output();
    int shift = span.output() - span.from();
    for (int row = span.from(); row < span.to(); row++) {
      y[row + shift] =
          switch (layout.order()) {
            case SINGLES -> singles(weights, layout, row, x, 0);
            case PAIRS -> pairs(weights, layout, row, x, 0);
            case MIXED -> mixed(weights, layout, row, x, 0);
          };
    }
  }

  private static float singles(
      FourBitRows weights, FourBitLayout layout, int row, float[] x, int xAt) {
    byte[] values = weights.values();
    float[] scales = weights.scales();
    int first = weights.firstByte(row);
    int firstScale = weights.firstScale(row);
    int steps = layout.steps();
    int shift = layout.shift();
    FloatVector y = FloatVector.zero(F);
    for (int step = 0; step < steps; step++) {
      int at = xAt + step * STEP;
      IntVector w = ByteVector.fromArray(B, values, first + step * 4 * L).reinterpretAsInts();
      FloatVector s = FloatVector.fromArray(F, x, at + 8 * L);
      FloatVector v0 = (FloatVector) w.and(0xf).convert(VectorOperators.I2F, 0);
      s = v0.fma(FloatVector.fromArray(F, x, at), s);
      FloatVector v1 = (FloatVector) w.and(0xf0).convert(VectorOperators.I2F, 0);
      s = v1.fma(FloatVector.fromArray(F, x, at + L), s);
      FloatVector v2 = (FloatVector) w.and(0xf00).convert(VectorOperators.I2F, 0);
      s = v2.fma(FloatVector.fromArray(F, x, at + 2 * L), s);
      FloatVector v3 = (FloatVector) w.and(0xf000).convert(VectorOperators.I2F, 0);
      s = v3.fma(FloatVector.fromArray(F, x, at + 3 * L), s);
      FloatVector v4 = (FloatVector) w.and(0xf0000).convert(VectorOperators.I2F, 0);
      s = v4.fma(FloatVector.fromArray(F, x, at + 4 * L), s);
      FloatVector v5 = (FloatVector) w.and(0xf00000).convert(VectorOperators.I2F, 0);
      s = v5.fma(FloatVector.fromArray(F, x, at + 5 * L), s);
      FloatVector v6 = (FloatVector) w.and(0xf000000).convert(VectorOperators.I2F, 0);
      s = v6.fma(FloatVector.fromArray(F, x, at + 6 * L), s);
      IntVector last = w.lanewise(VectorOperators.LSHR, 28);
      FloatVector v7 = (FloatVector) last.convert(VectorOperators.I2F, 0);
      s = v7.fma(FloatVector.fromArray(F, x, at + 7 * L), s);
      y = s.fma(FloatVector.broadcast(F, scales[firstScale + (step >> shift)]), y);
    }
    return y.reduceLanes(VectorOperators.ADD);
  }

  private static float pairs(
      FourBitRows weights, FourBitLayout layout, int row, float[] x, int xAt) {
    byte[] values = weights.values();
    float[] scales = weights.scales();
    int first = weights.firstByte(row);
    int firstScale = weights.firstScale(row);
    int steps = layout.steps();
    FloatVector y = FloatVector.zero(F);
    for (int step = 0; step < steps; step++) {
      int at = xAt + step * STEP;
      IntVector w = ByteVector.fromArray(B, values, first + step * 4 * L).reinterpretAsInts();
      FloatVector s = FloatVector.fromArray(F, x, at + 8 * L);
      FloatVector v0 = (FloatVector) w.and(0xf).convert(VectorOperators.I2F, 0);
      s = v0.fma(FloatVector.fromArray(F, x, at), s);
      FloatVector v1 = (FloatVector) w.and(0xf0).convert(VectorOperators.I2F, 0);
      s = v1.fma(FloatVector.fromArray(F, x, at + L), s);
      FloatVector v2 = (FloatVector) w.and(0xf00).convert(VectorOperators.I2F, 0);
      s = v2.fma(FloatVector.fromArray(F, x, at + 2 * L), s);
      FloatVector v3 = (FloatVector) w.and(0xf000).convert(VectorOperators.I2F, 0);
      s = v3.fma(FloatVector.fromArray(F, x, at + 3 * L), s);
      FloatVector v4 = (FloatVector) w.and(0xf0000).convert(VectorOperators.I2F, 0);
      s = v4.fma(FloatVector.fromArray(F, x, at + 4 * L), s);
      FloatVector v5 = (FloatVector) w.and(0xf00000).convert(VectorOperators.I2F, 0);
      s = v5.fma(FloatVector.fromArray(F, x, at + 5 * L), s);
      FloatVector v6 = (FloatVector) w.and(0xf000000).convert(VectorOperators.I2F, 0);
      s = v6.fma(FloatVector.fromArray(F, x, at + 6 * L), s);
      IntVector last = w.lanewise(VectorOperators.LSHR, 28);
      FloatVector v7 = (FloatVector) last.convert(VectorOperators.I2F, 0);
      s = v7.fma(FloatVector.fromArray(F, x, at + 7 * L), s);
      y = s.fma(pair(scales, firstScale + 2 * step, firstScale + 2 * step + 1), y);
    }
    return y.reduceLanes(VectorOperators.ADD);
  }

  private static float mixed(
      FourBitRows weights, FourBitLayout layout, int row, float[] x, int xAt) {
    byte[] values = weights.values();
    float[] scales = weights.scales();
    int first = weights.firstByte(row);
    int firstScale = weights.firstScale(row);
    int steps = layout.steps();
    FloatVector y = FloatVector.zero(F);
    for (int step = 0; step < steps; step++) {
      int at = xAt + step * STEP;
      IntVector w =
          ByteVector.fromArray(B, values, first + layout.byteAt(step)).reinterpretAsInts();
      FloatVector s = FloatVector.fromArray(F, x, at + 8 * L);
      FloatVector v0 = (FloatVector) w.and(0xf).convert(VectorOperators.I2F, 0);
      s = v0.fma(FloatVector.fromArray(F, x, at), s);
      FloatVector v1 = (FloatVector) w.and(0xf0).convert(VectorOperators.I2F, 0);
      s = v1.fma(FloatVector.fromArray(F, x, at + L), s);
      FloatVector v2 = (FloatVector) w.and(0xf00).convert(VectorOperators.I2F, 0);
      s = v2.fma(FloatVector.fromArray(F, x, at + 2 * L), s);
      FloatVector v3 = (FloatVector) w.and(0xf000).convert(VectorOperators.I2F, 0);
      s = v3.fma(FloatVector.fromArray(F, x, at + 3 * L), s);
      FloatVector v4 = (FloatVector) w.and(0xf0000).convert(VectorOperators.I2F, 0);
      s = v4.fma(FloatVector.fromArray(F, x, at + 4 * L), s);
      FloatVector v5 = (FloatVector) w.and(0xf00000).convert(VectorOperators.I2F, 0);
      s = v5.fma(FloatVector.fromArray(F, x, at + 5 * L), s);
      FloatVector v6 = (FloatVector) w.and(0xf000000).convert(VectorOperators.I2F, 0);
      s = v6.fma(FloatVector.fromArray(F, x, at + 6 * L), s);
      IntVector last = w.lanewise(VectorOperators.LSHR, 28);
      FloatVector v7 = (FloatVector) last.convert(VectorOperators.I2F, 0);
      s = v7.fma(FloatVector.fromArray(F, x, at + 7 * L), s);
      y = s.fma(scale(scales, firstScale, layout, step), y);
    }
    return y.reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector pair(float[] scales, int at, int secondAt) {
    return FloatVector.broadcast(F, scales[at]).blend(scales[secondAt], UPPER);
  }

  private static FloatVector scale(float[] scales, int at, FourBitLayout layout, int step) {
    int own = at + layout.scaleAt(step);
    return layout.isPair(step)
        ? pair(scales, own, at + layout.secondScaleAt(step))
        : FloatVector.broadcast(F, scales[own]);
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
      IntVector w =
          ByteVector.fromArray(B, values, first + layout.byteAt(step)).reinterpretAsInts();
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
