package io.gramian.edge.kernel;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products with {@link FourBitPanels}, on inputs in the order of {@link PanelLayout}. A nibble is
 * masked where it stands, in the lower or the upper half of its integer, converted, and multiplied
 * by an input that is the same for all rows: three vector operations for as many weights as a
 * vector has lanes. What stood {@code 4 k} bits to the left is {@code 16^k} times too large, its
 * input as many times too small. Memory: {@code 1/2 + 4 / group} bytes a weight, read from
 * beginning to end.
 *
 * <p>What the compiler makes of vectors is brittle: it keeps them in registers only within what it
 * compiles as a whole. So the two loops below say nearly the same thing twice, in methods of more
 * than 325 bytes of code, which it never puts into larger ones, and there is one width of vectors
 * in the whole process. (Two panels at a time are faster while it does, but in some starts of a JVM
 * it did not.) They take many parameters because a pass allocates nothing.
 */
final class VectorPanels {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int ROWS = FourBitPanels.ROWS;
  private static final int BLOCK = RunOrder.BLOCK;

  private VectorPanels() {}

  /** Floats of scratch: sums of panels. */
  static int scratch(PanelLayout layout) {
    return Math.min(layout.shape().panels(), most(layout)) * ROWS;
  }

  /** Panels that are computed together: all of them, chunk by chunk, where there are chunks. */
  private static int most(PanelLayout layout) {
    return layout.shape().chunks().size() == 1 ? 1024 : Integer.MAX_VALUE;
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
  static void multiplyColumns(FourBitPanels weights, Arranged input, Share share, float[] partial) {
    PanelLayout layout = (PanelLayout) input.layout();
    int panels = layout.shape().panels();
    Arrays.fill(partial, 0, panels * ROWS, 0);
    // Blocks in the order of memory, chunk by chunk: the chunk on a border is divided by panels.
    long all = (long) layout.blocks() * panels;
    long from = all * share.index() / share.of();
    long to = all * (share.index() + 1) / share.of();
    for (int chunk = 0; chunk < layout.firstStretch().length - 1; chunk++) {
      int blocks = layout.blocks(chunk);
      long before = (long) layout.blocksBefore(chunk) * panels;
      int first = panel(from - before, blocks, panels);
      int last = panel(to - before, blocks, panels);
      chunk(weights, layout, chunk, first, last, input.values(), partial, first * ROWS);
    }
  }

  /** How many of the panels of a chunk lie before some of its blocks. */
  private static int panel(long blocks, int perPanel, int panels) {
    return perPanel == 0 ? 0 : (int) Math.max(0, Math.min(panels, blocks / perPanel));
  }

  private static void panels(
      FourBitPanels weights, PanelLayout layout, int from, int to, float[] x, float[] sums) {
    Arrays.fill(sums, 0, (to - from) * ROWS, 0);
    for (int chunk = 0; chunk < layout.firstStretch().length - 1; chunk++) {
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
    for (int lane = 0; lane < ROWS; lane += L) {
      if (layout.isTurns(chunk)) {
        turns(weights, layout, chunk, from, to, x, sums, at + lane);
      } else {
        lanes(weights, layout, chunk, from, to, x, sums, at + lane);
      }
    }
  }

  /** As many lanes of it as a vector has. */
  private static void lanes(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int from,
      int to,
      float[] x,
      float[] sums,
      int sumsAt) {
    int lane = sumsAt % ROWS;
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
    for (int panel = from; panel < to; panel++) {
      FloatVector sumA = FloatVector.fromArray(F, sums, sumsAt + (panel - from) * ROWS);
      for (int stretch = firstStretch; stretch < lastStretch; stretch++) {
        FloatVector a0 = FloatVector.broadcast(F, x[zeros + stretch]);
        FloatVector a1 = FloatVector.zero(F);
        FloatVector a2 = FloatVector.zero(F);
        FloatVector a3 = FloatVector.zero(F);
        int at = first + panel * width + places[stretch] * ROWS;
        int in = blocks[stretch] * BLOCK;
        int n = blocks[stretch + 1] - blocks[stretch];
        for (int block = 0; block < n; block++) {
          int i = in + block * BLOCK;
          IntVector wA = IntVector.fromArray(I, values, at + block * ROWS);
          FloatVector x0 = FloatVector.broadcast(F, x[i]);
          FloatVector av0 = (FloatVector) wA.and(0xf).convert(VectorOperators.I2F, 0);
          a0 = av0.fma(x0, a0);
          FloatVector x1 = FloatVector.broadcast(F, x[i + 1]);
          FloatVector av1 = (FloatVector) wA.and(0xf0).convert(VectorOperators.I2F, 0);
          a1 = av1.fma(x1, a1);
          FloatVector x2 = FloatVector.broadcast(F, x[i + 2]);
          FloatVector av2 = (FloatVector) wA.and(0xf00).convert(VectorOperators.I2F, 0);
          a2 = av2.fma(x2, a2);
          FloatVector x3 = FloatVector.broadcast(F, x[i + 3]);
          FloatVector av3 = (FloatVector) wA.and(0xf000).convert(VectorOperators.I2F, 0);
          a3 = av3.fma(x3, a3);
          wA = wA.lanewise(VectorOperators.LSHR, 16);
          FloatVector x4 = FloatVector.broadcast(F, x[i + 4]);
          FloatVector av4 = (FloatVector) wA.and(0xf).convert(VectorOperators.I2F, 0);
          a0 = av4.fma(x4, a0);
          FloatVector x5 = FloatVector.broadcast(F, x[i + 5]);
          FloatVector av5 = (FloatVector) wA.and(0xf0).convert(VectorOperators.I2F, 0);
          a1 = av5.fma(x5, a1);
          FloatVector x6 = FloatVector.broadcast(F, x[i + 6]);
          FloatVector av6 = (FloatVector) wA.and(0xf00).convert(VectorOperators.I2F, 0);
          a2 = av6.fma(x6, a2);
          FloatVector x7 = FloatVector.broadcast(F, x[i + 7]);
          FloatVector av7 = (FloatVector) wA.and(0xf000).convert(VectorOperators.I2F, 0);
          a3 = av7.fma(x7, a3);
        }
        int scale = firstScale + panel * scaleWidth + groups[stretch] * ROWS;
        FloatVector sA = FloatVector.fromArray(F, scales, scale);
        sumA = a0.add(a1).add(a2.add(a3)).fma(sA, sumA);
      }
      sumA.intoArray(sums, sumsAt + (panel - from) * ROWS);
    }
  }

  /** The same where every block has another scale, all of them one after the other. */
  private static void turns(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int from,
      int to,
      float[] x,
      float[] sums,
      int sumsAt) {
    int lane = sumsAt % ROWS;
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
    for (int panel = from; panel < to; panel++) {
      FloatVector sum = FloatVector.fromArray(F, sums, sumsAt + (panel - from) * ROWS);
      int at = first + panel * width;
      int scale = firstScale + panel * scaleWidth;
      for (int block = 0; block < n; block++) {
        IntVector w = IntVector.fromArray(I, values, at + block * ROWS);
        int i = in + block * BLOCK;
        FloatVector v0 = (FloatVector) w.and(0xf).convert(VectorOperators.I2F, 0);
        FloatVector a0 =
            v0.fma(FloatVector.broadcast(F, x[i]), FloatVector.broadcast(F, x[zeros + block]));
        FloatVector v1 = (FloatVector) w.and(0xf0).convert(VectorOperators.I2F, 0);
        FloatVector a1 = v1.mul(FloatVector.broadcast(F, x[i + 1]));
        FloatVector v2 = (FloatVector) w.and(0xf00).convert(VectorOperators.I2F, 0);
        FloatVector a2 = v2.mul(FloatVector.broadcast(F, x[i + 2]));
        FloatVector v3 = (FloatVector) w.and(0xf000).convert(VectorOperators.I2F, 0);
        FloatVector a3 = v3.mul(FloatVector.broadcast(F, x[i + 3]));
        IntVector upper = w.lanewise(VectorOperators.LSHR, 16);
        FloatVector v4 = (FloatVector) upper.and(0xf).convert(VectorOperators.I2F, 0);
        a0 = v4.fma(FloatVector.broadcast(F, x[i + 4]), a0);
        FloatVector v5 = (FloatVector) upper.and(0xf0).convert(VectorOperators.I2F, 0);
        a1 = v5.fma(FloatVector.broadcast(F, x[i + 5]), a1);
        FloatVector v6 = (FloatVector) upper.and(0xf00).convert(VectorOperators.I2F, 0);
        a2 = v6.fma(FloatVector.broadcast(F, x[i + 6]), a2);
        FloatVector v7 = (FloatVector) upper.and(0xf000).convert(VectorOperators.I2F, 0);
        a3 = v7.fma(FloatVector.broadcast(F, x[i + 7]), a3);
        a0 = a0.add(a1).add(a2.add(a3));
        sum = a0.fma(FloatVector.fromArray(F, scales, scale + block * ROWS), sum);
      }
      sum.intoArray(sums, sumsAt + (panel - from) * ROWS);
    }
  }
}
