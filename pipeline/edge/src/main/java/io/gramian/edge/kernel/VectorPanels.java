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
 * vector has lanes. What stood {@code 4 k} bits to the left is {@code 16^k} times too large, which
 * costs nothing until a stretch of columns ends. Memory: {@code 1/2 + 4 / group} bytes a weight.
 *
 * <p>What the compiler makes of vectors is brittle: it keeps them in registers only within what it
 * compiles as a whole. So there is one loop a method, in methods of more than 325 bytes of code,
 * which it never puts into larger ones, and one width of vectors in the whole process.
 */
final class VectorPanels {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int ROWS = FourBitPanels.ROWS;
  private static final int BLOCK = RunOrder.BLOCK;
  private static final int TOKENS = 8;

  private VectorPanels() {}

  /** Floats of scratch: sums of all panels, or a panel in F32 and what a few tokens make of it. */
  static int scratch(PanelLayout layout) {
    int sums = Math.min(layout.shape().panels(), most(layout)) * ROWS;
    return Math.max(sums, (layout.blocks() * BLOCK + TOKENS) * ROWS);
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
    int half = (to - from) / 2;
    pairs(weights, layout, chunk, from, half, x, sums, sumsAt);
    if (2 * half < to - from) {
      single(weights, layout, chunk, to - 1, x, sums, sumsAt + 2 * half * ROWS);
    }
  }

  /**
   * The panels {@code from .. from + apart} together with as many behind them: the processor then
   * fetches ahead in two places, which takes it less time after every jump, and an input is spread
   * over a vector once for both.
   */
  private static void pairs(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int from,
      int apart,
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
    for (int panel = from; panel < from + apart; panel++) {
      int sumAt = sumsAt + (panel - from) * ROWS;
      FloatVector sumA = FloatVector.fromArray(F, sums, sumAt);
      FloatVector sumB = FloatVector.fromArray(F, sums, sumAt + apart * ROWS);
      for (int stretch = firstStretch; stretch < lastStretch; stretch++) {
        FloatVector a0 = FloatVector.broadcast(F, x[zeros + stretch]);
        FloatVector a1 = FloatVector.zero(F);
        FloatVector a2 = FloatVector.zero(F);
        FloatVector a3 = FloatVector.zero(F);
        FloatVector b0 = a0;
        FloatVector b1 = FloatVector.zero(F);
        FloatVector b2 = FloatVector.zero(F);
        FloatVector b3 = FloatVector.zero(F);
        int at = first + panel * width + places[stretch] * ROWS;
        int atB = at + apart * width;
        int in = blocks[stretch] * BLOCK;
        int n = blocks[stretch + 1] - blocks[stretch];
        for (int block = 0; block < n; block++) {
          int i = in + block * BLOCK;
          IntVector wA = IntVector.fromArray(I, values, at + block * ROWS);
          IntVector wB = IntVector.fromArray(I, values, atB + block * ROWS);
          FloatVector x0 = FloatVector.broadcast(F, x[i]);
          FloatVector av0 = (FloatVector) wA.and(0xf).convert(VectorOperators.I2F, 0);
          a0 = av0.fma(x0, a0);
          FloatVector bv0 = (FloatVector) wB.and(0xf).convert(VectorOperators.I2F, 0);
          b0 = bv0.fma(x0, b0);
          FloatVector x1 = FloatVector.broadcast(F, x[i + 1]);
          FloatVector av1 = (FloatVector) wA.and(0xf0).convert(VectorOperators.I2F, 0);
          a1 = av1.fma(x1, a1);
          FloatVector bv1 = (FloatVector) wB.and(0xf0).convert(VectorOperators.I2F, 0);
          b1 = bv1.fma(x1, b1);
          FloatVector x2 = FloatVector.broadcast(F, x[i + 2]);
          FloatVector av2 = (FloatVector) wA.and(0xf00).convert(VectorOperators.I2F, 0);
          a2 = av2.fma(x2, a2);
          FloatVector bv2 = (FloatVector) wB.and(0xf00).convert(VectorOperators.I2F, 0);
          b2 = bv2.fma(x2, b2);
          FloatVector x3 = FloatVector.broadcast(F, x[i + 3]);
          FloatVector av3 = (FloatVector) wA.and(0xf000).convert(VectorOperators.I2F, 0);
          a3 = av3.fma(x3, a3);
          FloatVector bv3 = (FloatVector) wB.and(0xf000).convert(VectorOperators.I2F, 0);
          b3 = bv3.fma(x3, b3);
          wA = wA.lanewise(VectorOperators.LSHR, 16);
          wB = wB.lanewise(VectorOperators.LSHR, 16);
          FloatVector x4 = FloatVector.broadcast(F, x[i + 4]);
          FloatVector av4 = (FloatVector) wA.and(0xf).convert(VectorOperators.I2F, 0);
          a0 = av4.fma(x4, a0);
          FloatVector bv4 = (FloatVector) wB.and(0xf).convert(VectorOperators.I2F, 0);
          b0 = bv4.fma(x4, b0);
          FloatVector x5 = FloatVector.broadcast(F, x[i + 5]);
          FloatVector av5 = (FloatVector) wA.and(0xf0).convert(VectorOperators.I2F, 0);
          a1 = av5.fma(x5, a1);
          FloatVector bv5 = (FloatVector) wB.and(0xf0).convert(VectorOperators.I2F, 0);
          b1 = bv5.fma(x5, b1);
          FloatVector x6 = FloatVector.broadcast(F, x[i + 6]);
          FloatVector av6 = (FloatVector) wA.and(0xf00).convert(VectorOperators.I2F, 0);
          a2 = av6.fma(x6, a2);
          FloatVector bv6 = (FloatVector) wB.and(0xf00).convert(VectorOperators.I2F, 0);
          b2 = bv6.fma(x6, b2);
          FloatVector x7 = FloatVector.broadcast(F, x[i + 7]);
          FloatVector av7 = (FloatVector) wA.and(0xf000).convert(VectorOperators.I2F, 0);
          a3 = av7.fma(x7, a3);
          FloatVector bv7 = (FloatVector) wB.and(0xf000).convert(VectorOperators.I2F, 0);
          b3 = bv7.fma(x7, b3);
        }
        int scale = firstScale + panel * scaleWidth + groups[stretch] * ROWS;
        FloatVector sA = FloatVector.fromArray(F, scales, scale);
        sumA = a0.add(a1).add(a2.add(a3)).fma(sA, sumA);
        FloatVector sB = FloatVector.fromArray(F, scales, scale + apart * scaleWidth);
        sumB = b0.add(b1).add(b2.add(b3)).fma(sB, sumB);
      }
      sumA.intoArray(sums, sumAt);
      sumB.intoArray(sums, sumAt + apart * ROWS);
    }
  }

  private static void single(
      FourBitPanels weights,
      PanelLayout layout,
      int chunk,
      int panel,
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
    FloatVector sumA = FloatVector.fromArray(F, sums, sumsAt);
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
    sumA.intoArray(sums, sumsAt);
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

  /** The outputs of several tokens: a panel is unpacked once, and stays in the cache meanwhile. */
  static void multiply(
      Product product, Arranged input, RowSpan[] spans, int tokens, float[] scratch) {
    PanelLayout layout = (PanelLayout) input.layout();
    int unpacked = -1;
    for (RowSpan span : spans) {
      for (int place = span.from(); place < span.to(); ) {
        int panel = place / ROWS;
        if (panel != unpacked) {
          for (int lane = 0; lane < ROWS; lane += L) {
            unpack((FourBitPanels) product.weights(), layout, panel, lane, scratch);
          }
          unpacked = panel;
        }
        int end = Math.min(span.to(), (panel + 1) * ROWS);
        RowSpan rows =
            new RowSpan(place % ROWS, end - panel * ROWS, span.output() + place - span.from());
        tokens(product, input, rows, tokens, scratch);
        place = end;
      }
    }
  }

  private static void tokens(
      Product product, Arranged input, RowSpan rows, int tokens, float[] scratch) {
    PanelLayout layout = (PanelLayout) input.layout();
    int columns = layout.blocks() * BLOCK;
    int sums = columns * ROWS;
    float[] x = input.values();
    for (int token = 0; token < tokens; ) {
      int now = tokens - token >= TOKENS ? TOKENS : 1;
      for (int lane = 0; lane < ROWS; lane += L) {
        if (now == TOKENS) {
          eight(scratch, columns, x, input.at(token), layout.length(), lane);
        } else {
          one(scratch, columns, x, input.at(token), lane);
        }
      }
      for (int i = 0; i < now; i++) {
        int to = (token + i) * product.stride() + rows.output();
        System.arraycopy(scratch, sums + i * ROWS + rows.from(), product.output(), to, rows.rows());
      }
      token += now;
    }
  }

  /** A panel as F32 numbers {@code [columns, ROWS]}, in the order of the arranged inputs. */
  private static void unpack(
      FourBitPanels weights, PanelLayout layout, int panel, int lane, float[] to) {
    PanelShape shape = layout.shape();
    for (int chunk = 0; chunk < shape.chunks().size(); chunk++) {
      int first = shape.firstValues()[chunk] + panel * shape.widths()[chunk] + lane;
      int firstScale = shape.firstScales()[chunk] + panel * shape.scaleWidths()[chunk] + lane;
      for (int i = layout.firstStretch()[chunk]; i < layout.firstStretch()[chunk + 1]; i++) {
        int block = layout.firstBlock()[i];
        FloatVector scale =
            FloatVector.fromArray(F, weights.scales(), firstScale + layout.scales()[i] * ROWS);
        unpack(
            weights.values(),
            first + layout.places()[i] * ROWS,
            layout.firstBlock()[i + 1] - block,
            scale,
            to,
            block * BLOCK * ROWS + lane);
      }
    }
  }

  private static void unpack(
      int[] values, int first, int blocks, FloatVector scale, float[] to, int at) {
    FloatVector zero = scale.mul(-FourBitTable.ZERO);
    for (int block = 0; block < blocks; block++) {
      IntVector w = IntVector.fromArray(I, values, first + block * ROWS);
      int output = at + block * BLOCK * ROWS;
      unpack(w, scale, zero, to, output);
      unpack(w.lanewise(VectorOperators.LSHR, 16), scale, zero, to, output + BLOCK / 2 * ROWS);
    }
  }

  /** The lower four nibbles, as many times too large as their inputs are too small. */
  private static void unpack(IntVector w, FloatVector scale, FloatVector zero, float[] to, int at) {
    FloatVector v0 = (FloatVector) w.and(0xf).convert(VectorOperators.I2F, 0);
    v0.fma(scale, zero).intoArray(to, at);
    FloatVector v1 = (FloatVector) w.and(0xf0).convert(VectorOperators.I2F, 0);
    v1.fma(scale, zero.mul(0x1p4f)).intoArray(to, at + ROWS);
    FloatVector v2 = (FloatVector) w.and(0xf00).convert(VectorOperators.I2F, 0);
    v2.fma(scale, zero.mul(0x1p8f)).intoArray(to, at + 2 * ROWS);
    FloatVector v3 = (FloatVector) w.and(0xf000).convert(VectorOperators.I2F, 0);
    v3.fma(scale, zero.mul(0x1p12f)).intoArray(to, at + 3 * ROWS);
  }

  /** {@code y_t = sum_c w_c x_tc} for eight tokens, behind the panel. */
  private static void eight(float[] w, int columns, float[] x, int xAt, int stride, int lane) {
    FloatVector y0 = FloatVector.zero(F);
    FloatVector y1 = FloatVector.zero(F);
    FloatVector y2 = FloatVector.zero(F);
    FloatVector y3 = FloatVector.zero(F);
    FloatVector y4 = FloatVector.zero(F);
    FloatVector y5 = FloatVector.zero(F);
    FloatVector y6 = FloatVector.zero(F);
    FloatVector y7 = FloatVector.zero(F);
    int x4 = xAt + 4 * stride;
    for (int c = 0; c < columns; c++) {
      FloatVector v = FloatVector.fromArray(F, w, c * ROWS + lane);
      y0 = v.fma(FloatVector.broadcast(F, x[xAt + c]), y0);
      y1 = v.fma(FloatVector.broadcast(F, x[xAt + stride + c]), y1);
      y2 = v.fma(FloatVector.broadcast(F, x[xAt + 2 * stride + c]), y2);
      y3 = v.fma(FloatVector.broadcast(F, x[xAt + 3 * stride + c]), y3);
      y4 = v.fma(FloatVector.broadcast(F, x[x4 + c]), y4);
      y5 = v.fma(FloatVector.broadcast(F, x[x4 + stride + c]), y5);
      y6 = v.fma(FloatVector.broadcast(F, x[x4 + 2 * stride + c]), y6);
      y7 = v.fma(FloatVector.broadcast(F, x[x4 + 3 * stride + c]), y7);
    }
    int to = columns * ROWS + lane;
    y0.intoArray(w, to);
    y1.intoArray(w, to + ROWS);
    y2.intoArray(w, to + 2 * ROWS);
    y3.intoArray(w, to + 3 * ROWS);
    y4.intoArray(w, to + 4 * ROWS);
    y5.intoArray(w, to + 5 * ROWS);
    y6.intoArray(w, to + 6 * ROWS);
    y7.intoArray(w, to + 7 * ROWS);
  }

  private static void one(float[] w, int columns, float[] x, int xAt, int lane) {
    FloatVector even = FloatVector.zero(F);
    FloatVector odd = FloatVector.zero(F);
    // Columns come in blocks of eight.
    for (int c = 0; c < columns; c += 2) {
      FloatVector v0 = FloatVector.fromArray(F, w, c * ROWS + lane);
      even = v0.fma(FloatVector.broadcast(F, x[xAt + c]), even);
      FloatVector v1 = FloatVector.fromArray(F, w, (c + 1) * ROWS + lane);
      odd = v1.fma(FloatVector.broadcast(F, x[xAt + c + 1]), odd);
    }
    even.add(odd).intoArray(w, columns * ROWS + lane);
  }
}
