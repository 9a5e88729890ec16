package io.gramian.edge.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inputs for {@link FourBitPanels}: those of the blocks of columns that are read, one block after
 * the other in the order of their places, eight a block, zeros where a block has fewer; each as
 * many times larger as the kernel's weights are smaller, {@link #EVEN} or {@link #ODD}. Then, for
 * every <em>stretch</em> of neighbouring blocks of a chunk with one scale, what its sum starts
 * from: what the kernel's ones and the stored zero of 8 add to it, {@code -sum (factor + 8) x}.
 */
final class PanelLayout implements InputLayout {

  private static final int BLOCK = RunOrder.BLOCK;
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final int L = F.length();

  /** By what inputs in even places are multiplied. */
  static final float EVEN = 1 << 8;

  /** By what inputs in odd places are multiplied. */
  static final float ODD = 1 << 4;

  /** Factors of the inputs of blocks that make any vector whole. */
  private static final float[] FACTORS = new float[Math.max(L, BLOCK) + BLOCK];

  /** What the one and the zero in a weight add, for each unit of its input, to be taken away. */
  private static final float[] OFFSETS = new float[FACTORS.length];

  static {
    for (int i = 0; i < FACTORS.length; i++) {
      FACTORS[i] = i % 2 == 0 ? EVEN : ODD;
      OFFSETS[i] = -FACTORS[i] - FourBitTable.ZERO;
    }
  }

  private final PanelShape shape;
  private final int inputs;
  private int blocks;
  private int stretches;
  private final int[] source;
  private final int[] count;
  private final int[] firstBlock;
  private final int[] place;
  private final int[] scale;
  private final int[] firstStretch;
  private final boolean[] turns;
  private final int[] whole;

  PanelLayout(PanelShape shape, ColumnPlan plan) {
    this.shape = shape;
    this.inputs = plan.inputs();
    ColumnPlan.Piece[] pieces = new ColumnPlan.Piece[shape.groups().groups()];
    for (ColumnPlan.Piece piece : plan.pieces()) {
      pieces[piece.group()] = piece;
    }
    List<RunOrder.Chunk> chunks = shape.chunks();
    int all = chunks.stream().mapToInt(chunk -> chunk.blocks().size()).sum();
    source = new int[all];
    count = new int[all];
    firstBlock = new int[all + 1];
    place = new int[all];
    scale = new int[all];
    firstStretch = new int[chunks.size() + 1];
    turns = new boolean[chunks.size()];
    for (int i = 0; i < chunks.size(); i++) {
      firstStretch[i] = stretches;
      add(chunks.get(i), pieces);
      firstStretch[i + 1] = stretches;
      firstBlock[stretches] = blocks;
      turns[i] = isTurns(firstStretch[i], stretches);
    }
    whole = new int[stretches];
    for (int i = 0; i < stretches; i++) {
      whole[i] = whole(firstBlock[i], firstBlock[i + 1]);
    }
  }

  /**
   * Adds the blocks of a chunk of which a piece reads something: all of them. Those that nobody
   * asked for are read for inputs of zero, because processors fetch ahead only what is read without
   * gaps: to leave some out of every panel takes longer.
   */
  private void add(RunOrder.Chunk chunk, ColumnPlan.Piece[] pieces) {
    if (chunk.blocks().stream().noneMatch(block -> inputs(block, pieces) > 0)) {
      return;
    }
    int group = -1;
    for (int at = 0; at < chunk.blocks().size(); at++) {
      RunOrder.Block block = chunk.blocks().get(at);
      if (block.group() != group) {
        group = block.group();
        firstBlock[stretches] = blocks;
        place[stretches] = at;
        scale[stretches] = chunk.groups().indexOf(group);
        stretches++;
      }
      count[blocks] = inputs(block, pieces);
      if (count[blocks] > 0) {
        ColumnPlan.Piece piece = pieces[group];
        source[blocks] = piece.source() + block.first() - piece.column();
      }
      blocks++;
    }
  }

  /** Inputs that a block has. */
  private static int inputs(RunOrder.Block block, ColumnPlan.Piece[] pieces) {
    ColumnPlan.Piece piece = pieces[block.group()];
    int left = piece == null ? 0 : piece.column() + piece.count() - block.first();
    return Math.max(0, Math.min(block.count(), left));
  }

  private boolean isTurns(int from, int to) {
    for (int i = from; i < to; i++) {
      boolean one = firstBlock[i + 1] - firstBlock[i] == 1;
      if (!one || place[i] != i - from || scale[i] != i - from) {
        return false;
      }
    }
    return to > from;
  }

  /** The end of the first blocks of a stretch that are whole and whose inputs are neighbours. */
  private int whole(int from, int to) {
    int end = from;
    while (end < to && count[end] == BLOCK && source[end] == source[from] + (end - from) * BLOCK) {
      end++;
    }
    return end;
  }

  /** Of the weights that the inputs are for. */
  PanelShape shape() {
    return shape;
  }

  /** Blocks of columns that are read. */
  int blocks() {
    return blocks;
  }

  /** The first stretch of every chunk, and their number. */
  int[] firstStretch() {
    return firstStretch;
  }

  /** Whether all blocks of a chunk are read, each with the scale that has its place. */
  boolean isTurns(int chunk) {
    return turns[chunk];
  }

  /** The first block of every stretch among those that are read, and their number. */
  int[] firstBlock() {
    return firstBlock;
  }

  /** Chunks, also those of which nothing is read. */
  int chunks() {
    return turns.length;
  }

  /** The first input of a chunk that is read. */
  int firstInput(int chunk) {
    return inputs(chunk).map(i -> source[i]).min().orElse(0);
  }

  /** One past the last input of a chunk that is read. */
  int endInput(int chunk) {
    return inputs(chunk).map(i -> source[i] + count[i]).max().orElse(0);
  }

  /** Its blocks that have inputs. */
  private IntStream inputs(int chunk) {
    return IntStream.range(blocksBefore(chunk), blocksBefore(chunk + 1)).filter(i -> count[i] > 0);
  }

  /** Blocks of a chunk that are read. */
  int blocks(int chunk) {
    return blocksBefore(chunk + 1) - blocksBefore(chunk);
  }

  /** Blocks of the chunks before one. */
  int blocksBefore(int chunk) {
    return firstBlock[firstStretch[chunk]];
  }

  /** The place of a stretch's first block among its chunk's. */
  int[] places() {
    return place;
  }

  /** The place of a stretch's scale among its chunk's. */
  int[] scales() {
    return scale;
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int length() {
    return blocks * BLOCK + stretches;
  }

  @Override
  public void arrange(float[] x, int xAt, float[] arranged, int at) {
    arrange(0, stretches, x, xAt, arranged, at);
  }

  @Override
  public void arrange(ColumnShare share, float[] x, float[] arranged) {
    int first = firstStretch[share.firstChunk()];
    arrange(first, firstStretch[share.lastChunk() + 1], x, 0, arranged, 0);
  }

  private void arrange(int from, int to, float[] x, int xAt, float[] arranged, int at) {
    for (int i = from; i < to; i++) {
      int first = firstBlock[i];
      int behind = first;
      float sum = 0;
      if (whole[i] - first > 1) {
        behind = whole[i];
        int n = (behind - first) * BLOCK;
        sum = copy(x, xAt + source[first], n, arranged, at + first * BLOCK);
      }
      arranged[at + blocks * BLOCK + i] =
          sum + put(behind, firstBlock[i + 1], x, xAt, arranged, at);
    }
  }

  /** Puts some inputs to their places and returns what their sum starts from. */
  private static float copy(float[] x, int xAt, int n, float[] to, int at) {
    FloatVector sum = FloatVector.zero(F);
    int i = 0;
    for (; i + L <= n; i += L) {
      FloatVector v = FloatVector.fromArray(F, x, xAt + i);
      v.mul(FloatVector.fromArray(F, FACTORS, i % BLOCK)).intoArray(to, at + i);
      sum = v.fma(FloatVector.fromArray(F, OFFSETS, i % BLOCK), sum);
    }
    float rest = 0;
    for (; i < n; i++) {
      to[at + i] = x[xAt + i] * FACTORS[i % BLOCK];
      rest += x[xAt + i] * OFFSETS[i % BLOCK];
    }
    return n < L ? rest : rest + sum.reduceLanes(VectorOperators.ADD);
  }

  /** The same with blocks that are not neighbours, or not whole. */
  private float put(int first, int last, float[] x, int xAt, float[] arranged, int at) {
    float sum = 0;
    for (int block = first; block < last; block++) {
      int from = xAt + source[block];
      int to = at + block * BLOCK;
      sum +=
          count[block] == BLOCK ? eight(x, from, arranged, to) : few(x, from, block, arranged, to);
    }
    return sum;
  }

  /** Puts a whole block. */
  private static float eight(float[] x, int from, float[] to, int at) {
    float even = 0;
    float odd = 0;
    for (int i = 0; i < BLOCK; i += 4) {
      float x0 = x[from + i];
      float x1 = x[from + i + 1];
      float x2 = x[from + i + 2];
      float x3 = x[from + i + 3];
      to[at + i] = x0 * EVEN;
      to[at + i + 1] = x1 * ODD;
      to[at + i + 2] = x2 * EVEN;
      to[at + i + 3] = x3 * ODD;
      even += x0 + x2;
      odd += x1 + x3;
    }
    return even * OFFSETS[0] + odd * OFFSETS[1];
  }

  private float few(float[] x, int from, int block, float[] to, int at) {
    float sum = 0;
    for (int i = 0; i < count[block]; i++) {
      to[at + i] = x[from + i] * FACTORS[i];
      sum += x[from + i] * OFFSETS[i];
    }
    Arrays.fill(to, at + count[block], at + BLOCK, 0);
    return sum;
  }
}
