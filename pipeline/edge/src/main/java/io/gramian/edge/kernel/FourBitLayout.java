package io.gramian.edge.kernel;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inputs for 4-bit rows in vectors of {@code L} integers of 32 bits.
 *
 * <p>A <em>step</em> reads {@code 4 L} bytes, {@code 8 L} columns, as {@code L} integers; nibble
 * {@code k} of integer {@code i} is column {@code 8 i + k}. Masked where it stands, it is the
 * number {@code v 16^k}, which an F32 holds exactly; so the inputs are divided by {@code 16^k}
 * beforehand, and nothing is ever shifted. (The eighth nibble stands in the sign: that one is
 * shifted.) What the stored zero of 8 adds is known beforehand as well, from the inputs alone. So a
 * step has nine vectors of inputs: {@code x_(8 i + k) 16^-k} for {@code k = 0 .. 6}, {@code x_(8 i
 * + 7)}, and {@code -8 sum_k x_(8 i + k)}, at which its sum starts.
 *
 * <p>Columns that a width drops have input zero, and so have those that a step reads behind the end
 * of its group. A step whose group is only half as wide takes the next one along, with a scale for
 * each half.
 */
final class FourBitLayout implements InputLayout {

  /** Vectors a step. */
  static final int VECTORS = 9;

  private static final int NIBBLES = 8;
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** How steps follow each other. */
  enum Kind {
    /** Step {@code i} begins at byte {@code 4 L i} and has scale {@code i >> shift}. */
    SINGLES,
    /**
     * Step {@code i} begins at byte {@code 4 L i} and has scales {@code 2 i} and {@code 2 i + 1}.
     */
    PAIRS,
    /** Every step says where it is. */
    MIXED
  }

  /** One scale for the whole step. */
  static final int SINGLE = -1;

  private final int inputs;
  private final int steps;
  private final int shift;
  private final Kind kind;
  private final int[] byteAt;
  private final int[] scaleAt;
  private final int[] secondScaleAt;
  private final int[] source;
  private final int[] count;
  private final int[] secondSource;
  private final int[] secondCount;

  FourBitLayout(ColumnPlan plan) {
    this.inputs = plan.inputs();
    int most = plan.pieces().stream().mapToInt(p -> stepsOf(p.count())).sum();
    byteAt = new int[most];
    scaleAt = new int[most];
    secondScaleAt = new int[most];
    source = new int[most];
    count = new int[most];
    secondSource = new int[most];
    secondCount = new int[most];
    steps = fill(plan.pieces());
    shift = Integer.numberOfTrailingZeros(Math.max(1, most(plan) / (NIBBLES * L)));
    kind = kind();
  }

  /** Columns of the largest group. */
  private static int most(ColumnPlan plan) {
    return plan.pieces().stream().mapToInt(ColumnPlan.Piece::stored).max().orElse(0);
  }

  private Kind kind() {
    boolean singles = true;
    boolean pairs = true;
    for (int step = 0; step < steps; step++) {
      boolean follows = byteAt[step] == 4 * L * step;
      singles &= follows && !isPair(step) && scaleAt[step] == step >> shift;
      // The last one may be alone: its upper half has inputs of zero.
      boolean two = isPair(step) ? secondScaleAt[step] == 2 * step + 1 : step == steps - 1;
      pairs &= follows && two && scaleAt[step] == 2 * step;
    }
    return singles ? Kind.SINGLES : pairs ? Kind.PAIRS : Kind.MIXED;
  }

  private static int stepsOf(int columns) {
    int perStep = NIBBLES * L;
    return (columns + perStep - 1) / perStep;
  }

  private int fill(List<ColumnPlan.Piece> pieces) {
    int step = 0;
    for (int i = 0; i < pieces.size(); i++) {
      ColumnPlan.Piece piece = pieces.get(i);
      if (i + 1 < pieces.size() && isPair(piece, pieces.get(i + 1))) {
        put(step, piece, 0);
        secondScaleAt[step] = pieces.get(i + 1).group();
        secondSource[step] = pieces.get(i + 1).source();
        secondCount[step] = pieces.get(i + 1).count();
        step++;
        i++;
      } else {
        for (int at = 0; at < piece.count(); at += NIBBLES * L) {
          put(step++, piece, at);
        }
      }
    }
    return step;
  }

  private static boolean isPair(ColumnPlan.Piece piece, ColumnPlan.Piece next) {
    int half = NIBBLES * L / 2;
    return piece.stored() == half && next.column() == piece.column() + half && next.count() <= half;
  }

  private void put(int step, ColumnPlan.Piece piece, int at) {
    byteAt[step] = (piece.column() + at) / 2;
    scaleAt[step] = piece.group();
    secondScaleAt[step] = SINGLE;
    source[step] = piece.source() + at;
    count[step] = Math.min(NIBBLES * L, piece.count() - at);
  }

  int steps() {
    return steps;
  }

  /** How its steps follow each other. */
  Kind order() {
    return kind;
  }

  /** The binary logarithm of the steps that share a scale, where all are {@link Kind#SINGLES}. */
  int shift() {
    return shift;
  }

  /** First byte of a row that a step reads. */
  int byteAt(int step) {
    return byteAt[step];
  }

  /** The place of the step's scale among a row's. */
  int scaleAt(int step) {
    return scaleAt[step];
  }

  /** Whether the step's second half has a scale of its own. */
  boolean isPair(int step) {
    return secondScaleAt[step] != SINGLE;
  }

  /** That one's place. */
  int secondScaleAt(int step) {
    return secondScaleAt[step];
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int length() {
    return steps * VECTORS * L;
  }

  @Override
  public void arrange(float[] x, int xAt, float[] arranged, int at, Share share) {
    int length = VECTORS * L;
    for (int step = share.from(steps); step < share.to(steps); step++) {
      int to = at + step * length;
      if (secondScaleAt[step] == SINGLE) {
        put(x, xAt + source[step], count[step], arranged, to);
      } else {
        clear(arranged, to);
        half(x, xAt + source[step], count[step], arranged, to);
        half(x, xAt + secondSource[step], secondCount[step], arranged, to + L / 2);
      }
      finish(arranged, to);
    }
  }

  private static void put(float[] x, int xAt, int columns, float[] arranged, int to) {
    if (columns < NIBBLES * L) {
      clear(arranged, to);
    }
    half(x, xAt, columns, arranged, to);
  }

  private static void clear(float[] arranged, int to) {
    Arrays.fill(arranged, to, to + NIBBLES * L, 0);
  }

  private static void half(float[] x, int xAt, int columns, float[] arranged, int to) {
    for (int column = 0; column < columns; column++) {
      arranged[to + (column & 7) * L + (column >> 3)] = x[xAt + column];
    }
  }

  /** Sums, and powers of two. */
  private static void finish(float[] arranged, int to) {
    FloatVector sum = FloatVector.fromArray(F, arranged, to);
    float power = 1;
    for (int k = 1; k < NIBBLES - 1; k++) {
      power *= 0x1p-4f;
      FloatVector x = FloatVector.fromArray(F, arranged, to + k * L);
      sum = sum.add(x);
      x.mul(power).intoArray(arranged, to + k * L);
    }
    sum = sum.add(FloatVector.fromArray(F, arranged, to + (NIBBLES - 1) * L));
    sum.mul(-FourBitTable.ZERO).intoArray(arranged, to + NIBBLES * L);
  }
}
