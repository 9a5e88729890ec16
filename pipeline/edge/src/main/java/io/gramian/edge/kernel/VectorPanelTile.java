package io.gramian.edge.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of {@link FourBitPanels} with several tokens: a panel is unpacked to F32 and stays in
 * the cache while all tokens pass, eight at a time, so that a weight that is loaded is multiplied
 * eight times.
 */
final class VectorPanelTile {

  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> I = IntVector.SPECIES_PREFERRED;
  private static final int L = F.length();
  private static final int ROWS = FourBitPanels.ROWS;
  private static final int LANES = FourBitPanels.LANES;
  private static final int BLOCK = RunOrder.BLOCK;
  private static final int TOKENS = 8;

  private VectorPanelTile() {}

  /** Floats of scratch: a panel in F32, and what a few tokens make of it. */
  static int scratch(PanelLayout layout) {
    return (layout.blocks() * BLOCK + TOKENS) * ROWS;
  }

  /** The outputs of some tokens. */
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
      int first = shape.firstValues()[chunk] + panel * shape.widths()[chunk];
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
            block * BLOCK * ROWS,
            lane);
      }
    }
  }

  private static void unpack(
      int[] values, int first, int blocks, FloatVector scale, float[] to, int at, int lane) {
    FloatVector even = scale.mul(1 / PanelLayout.EVEN);
    FloatVector odd = scale.mul(1 / PanelLayout.ODD);
    int from = first + lane % LANES;
    for (int half = 0; half < 2 * blocks; half++) {
      IntVector w = IntVector.fromArray(I, values, from + half * LANES);
      w = w.lanewise(VectorOperators.LSHR, lane / LANES * 16);
      unpack(w, even, odd, to, at + half * BLOCK / 2 * ROWS + lane);
    }
  }

  /** The lower four nibbles, each converted where it stands. */
  private static void unpack(IntVector w, FloatVector even, FloatVector odd, float[] to, int at) {
    FloatVector evenZero = even.mul(-FourBitTable.ZERO);
    FloatVector oddZero = odd.mul(-FourBitTable.ZERO);
    FloatVector v0 = (FloatVector) w.and(0xf).convert(VectorOperators.I2F, 0);
    v0.fma(even, evenZero).intoArray(to, at);
    FloatVector v1 = (FloatVector) w.and(0xf0).convert(VectorOperators.I2F, 0);
    v1.fma(odd.mul(0x1p-4f), oddZero).intoArray(to, at + ROWS);
    FloatVector v2 = (FloatVector) w.and(0xf00).convert(VectorOperators.I2F, 0);
    v2.fma(even.mul(0x1p-8f), evenZero).intoArray(to, at + 2 * ROWS);
    FloatVector v3 = (FloatVector) w.and(0xf000).convert(VectorOperators.I2F, 0);
    v3.fma(odd.mul(0x1p-12f), oddZero).intoArray(to, at + 3 * ROWS);
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
