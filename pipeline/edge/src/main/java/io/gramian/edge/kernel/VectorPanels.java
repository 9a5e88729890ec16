package io.gramian.edge.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with {@link FourBitPanels}, on inputs in the order of {@link PanelLayout}. A nibble
 * {@code v} becomes a number without a conversion: shifted into the upper mantissa of {@code 1.0},
 * it is {@code 1 + v / 2^8} or {@code 1 + v / 2^4}, which is multiplied by an input that is as many
 * times larger and the same for all rows; what the ones add is taken away with the stored zero. So
 * two operations and half a shift do for as many weights as a vector has lanes. The ones cost
 * accuracy: sums are right to some {@code 2^-15} of their terms' sizes. Memory: {@code 1/2 + 4 /
 * group} bytes a weight, read from beginning to end.
 *
 * <p>What the compiler makes of vectors is brittle: it keeps them in registers only within what it
 * compiles as a whole, and only as long as that is small. An operation costs it some 400 nodes, and
 * behind 18,000 of them it puts off what is left of a method, and then may no longer know what
 * vectors it has before it. So columns are a loop, of two rounds, which it unrolls only after that,
 * and the two methods that say nearly the same have more than 325 bytes of code, which it never
 * puts into larger ones; and there is one width of vectors in the whole process. They take many
 * parameters because a pass allocates nothing.
 */
final class VectorPanels {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int ROWS = FourBitPanels.ROWS;
  private static final int LANES = FourBitPanels.LANES;
  private static final int BLOCK = RunOrder.BLOCK;
  private static final int HALF = BLOCK / 2;

  private VectorPanels() {}

  /** Floats of scratch: sums of panels. */
  static int scratch(PanelLayout layout) {
    return Math.min(layout.shape().panels(), most(layout)) * ROWS;
  }

  /** Panels that are computed together: all of them, chunk by chunk, where there are chunks. */
  private static int most(PanelLayout layout) {
    return layout.shape().chunks().size() == 1 ? 512 : Integer.MAX_VALUE;
  }

  /** One token's outputs. */
  static void multiply(Product product, Arranged input, RowSpan[] spans, float[] scratch) {
    FourBitPanels weights = (FourBitPanels) product.weights();
    PanelLayout layout = (PanelLayout) input.layout();
    float[] x = input.values();
    int most = most(layout);
    int computed = 0;
    int first = 0;
    for (int i = 0; i < spans.length; i++) {
      RowSpan span = spans[i];
      for (int place = span.from(); place < span.to(); ) {
        int panel = place / ROWS;
        if (panel >= computed) {
          first = panel;
          computed = first + Math.min(most, end(spans, i) - first);
          panels(weights, layout, first, computed, x, scratch);
        }
        int end = Math.min(span.to(), computed * ROWS);
        int output = span.output() + place - span.from();
        System.arraycopy(scratch, place - first * ROWS, product.output(), output, end - place);
        place = end;
      }
    }
  }

  /** One past the last panel that can be reached from a span without leaving one out. */
  private static int end(RowSpan[] spans, int from) {
    int end = panelsTo(spans[from]);
    for (int i = from + 1; i < spans.length && spans[i].from() / ROWS <= end; i++) {
      end = panelsTo(spans[i]);
    }
    return end;
  }

  private static int panelsTo(RowSpan span) {
    return (span.to() + ROWS - 1) / ROWS;
  }

  /** What a share of the columns adds to every row. */
  static void multiplyColumns(
      FourBitPanels weights, Arranged input, ColumnShare share, float[] partial) {
    PanelLayout layout = (PanelLayout) input.layout();
    Arrays.fill(partial, 0, layout.shape().panels() * ROWS, 0);
    for (int chunk = share.firstChunk(); chunk <= share.lastChunk(); chunk++) {
      int first = share.firstPanel(chunk);
      int end = share.endPanel(chunk);
      chunk(weights, layout, chunk, first, end, input.values(), partial, first * ROWS);
    }
  }

  private static void panels(
      FourBitPanels weights, PanelLayout layout, int from, int to, float[] x, float[] sums) {
    Arrays.fill(sums, 0, (to - from) * ROWS, 0);
    for (int chunk = 0; chunk < layout.chunks(); chunk++) {
      chunk(weights, layout, chunk, from, to, x, sums, 0);
    }
  }

  /** Adds what a chunk gives some panels to their sums, the first of which is at {@code at}. */
  private static void chunk(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int from,
      int to,
      float[] x,
      float[] sums,
      int at) {
    if (layout.blocks(chunk) == 0 || from >= to) {
      return;
    }
    for (int lane = 0; lane < LANES; lane += L) {
      if (layout.isTurns(chunk)) {
        turns(weights, layout, chunk, from, to, x, sums, at + lane);
      } else {
        lanes(weights, layout, chunk, from, to, x, sums, at + lane);
      }
    }
  }

  /** As many lanes of it as a vector has, of both halves of the panels' rows. */
  private static void lanes(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int from,
      int to,
      float[] x,
      float[] sums,
      int sumsAt) {
    int lane = sumsAt % LANES;
    PanelShape shape = layout.shape();
    int[] values = weights.values();
    float[] scales = weights.scales();
    int[] places = layout.places();
    int[] blocks = layout.firstBlock();
    int[] groups = layout.scales();
    int width = shape.widths()[chunk];
    int scaleWidth = shape.scaleWidths()[chunk];
    int first = shape.firstValues()[chunk] + lane;
    int firstScale = shape.firstScales()[chunk] + lane;
    int firstStretch = layout.firstStretch()[chunk];
    int lastStretch = layout.firstStretch()[chunk + 1];
    int zeros = layout.blocks() * BLOCK;
    IntVector one = IntVector.broadcast(I, 0x3f800000);
    IntVector low = IntVector.broadcast(I, 0xf << 15);
    IntVector high = IntVector.broadcast(I, 0xf << 19);
    for (int panel = from; panel < to; panel++) {
      int sum = sumsAt + (panel - from) * ROWS;
      FloatVector a = FloatVector.fromArray(F, sums, sum);
      FloatVector b = FloatVector.fromArray(F, sums, sum + LANES);
      for (int stretch = firstStretch; stretch < lastStretch; stretch++) {
        FloatVector a0 = FloatVector.broadcast(F, x[zeros + stretch]);
        FloatVector a1 = FloatVector.zero(F);
        FloatVector a2 = FloatVector.zero(F);
        FloatVector a3 = FloatVector.zero(F);
        FloatVector b0 = FloatVector.broadcast(F, x[zeros + stretch]);
        FloatVector b1 = FloatVector.zero(F);
        FloatVector b2 = FloatVector.zero(F);
        FloatVector b3 = FloatVector.zero(F);
        int at = first + panel * width + places[stretch] * ROWS;
        int in = blocks[stretch] * BLOCK;
        int n = (blocks[stretch + 1] - blocks[stretch]) * 2;
        for (int half = 0; half < n; half++) {
          int i = in + half * HALF;
          IntVector w = IntVector.fromArray(I, values, at + half * LANES);
          // Two sums of each kind take turns: one would have to wait for itself.
          for (int column = 0; column < HALF; column += 2) {
            FloatVector even = FloatVector.broadcast(F, x[i + column]);
            FloatVector odd = FloatVector.broadcast(F, x[i + column + 1]);
            IntVector aw = w.lanewise(VectorOperators.LSHL, 15 - 4 * column);
            IntVector bw = w.lanewise(VectorOperators.LSHR, 1 + 4 * column);
            FloatVector aEven = a0;
            FloatVector aOdd = a1;
            a0 = a2;
            a1 = a3;
            a2 = even.fma(aw.and(low).or(one).reinterpretAsFloats(), aEven);
            a3 = odd.fma(aw.and(high).or(one).reinterpretAsFloats(), aOdd);
            FloatVector bEven = b0;
            FloatVector bOdd = b1;
            b0 = b2;
            b1 = b3;
            b2 = even.fma(bw.and(low).or(one).reinterpretAsFloats(), bEven);
            b3 = odd.fma(bw.and(high).or(one).reinterpretAsFloats(), bOdd);
          }
        }
        int scale = firstScale + panel * scaleWidth + groups[stretch] * ROWS;
        a = a0.add(a1).add(a2.add(a3)).fma(FloatVector.fromArray(F, scales, scale), a);
        b = b0.add(b1).add(b2.add(b3)).fma(FloatVector.fromArray(F, scales, scale + LANES), b);
      }
      a.intoArray(sums, sum);
      b.intoArray(sums, sum + LANES);
    }
  }

  /**
   * The same where every block has another scale, all of them one after the other. Each half of a
   * block takes half of what is to be taken away.
   */
  private static void turns(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int from,
      int to,
      float[] x,
      float[] sums,
      int sumsAt) {
    int lane = sumsAt % LANES;
    PanelShape shape = layout.shape();
    int[] values = weights.values();
    float[] scales = weights.scales();
    int width = shape.widths()[chunk];
    int n = layout.firstStretch()[chunk + 1] - layout.firstStretch()[chunk];
    int scaleWidth = shape.scaleWidths()[chunk];
    int first = shape.firstValues()[chunk] + lane;
    int firstScale = shape.firstScales()[chunk] + lane;
    int in = layout.firstBlock()[layout.firstStretch()[chunk]] * BLOCK;
    int zeros = layout.blocks() * BLOCK + layout.firstStretch()[chunk];
    IntVector one = IntVector.broadcast(I, 0x3f800000);
    IntVector low = IntVector.broadcast(I, 0xf << 15);
    IntVector high = IntVector.broadcast(I, 0xf << 19);
    for (int panel = from; panel < to; panel++) {
      int sum = sumsAt + (panel - from) * ROWS;
      FloatVector a = FloatVector.fromArray(F, sums, sum);
      FloatVector b = FloatVector.fromArray(F, sums, sum + LANES);
      int at = first + panel * width;
      int scale = firstScale + panel * scaleWidth;
      for (int half = 0; half < 2 * n; half++) {
        int block = half / 2;
        FloatVector a0 = FloatVector.broadcast(F, 0.5f * x[zeros + block]);
        FloatVector b0 = FloatVector.broadcast(F, 0.5f * x[zeros + block]);
        int i = in + half * HALF;
        IntVector w = IntVector.fromArray(I, values, at + half * LANES);
        for (int column = 0; column < HALF; column += 2) {
          FloatVector even = FloatVector.broadcast(F, x[i + column]);
          FloatVector odd = FloatVector.broadcast(F, x[i + column + 1]);
          IntVector aw = w.lanewise(VectorOperators.LSHL, 15 - 4 * column);
          IntVector bw = w.lanewise(VectorOperators.LSHR, 1 + 4 * column);
          a0 = even.fma(aw.and(low).or(one).reinterpretAsFloats(), a0);
          a0 = odd.fma(aw.and(high).or(one).reinterpretAsFloats(), a0);
          b0 = even.fma(bw.and(low).or(one).reinterpretAsFloats(), b0);
          b0 = odd.fma(bw.and(high).or(one).reinterpretAsFloats(), b0);
        }
        int s = scale + block * ROWS;
        a = a0.fma(FloatVector.fromArray(F, scales, s), a);
        b = b0.fma(FloatVector.fromArray(F, scales, s + LANES), b);
      }
      a.intoArray(sums, sum);
      b.intoArray(sums, sum + LANES);
    }
  }
}
