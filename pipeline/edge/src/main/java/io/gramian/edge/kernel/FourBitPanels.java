package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroups;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A {@link FourBitTable} that is multiplied, in arrays and in the order of its kernel. Sixteen rows
 * make a <em>panel</em>; a panel has, for every block of eight columns, one 32-bit integer a row:
 * nibble {@code k} is column {@code k}. So a vector holds the same columns of as many rows, every
 * input is the same for all of its lanes, and nothing has to be summed across them.
 *
 * <p>Rows and blocks of columns lie in the order of {@link RunOrder}, chunk by chunk, and a chunk
 * has the blocks of all panels. So what a width reads is one piece of memory: a processor fetches
 * ahead only what is read without gaps over hundreds of kilobytes (three times as fast as rows of
 * 60 KB with 2 KB left out between them, measured).
 *
 * <p>In arrays and not in the map, because JDK 17 loads vectors from a mapped buffer through checks
 * that cost about half as much as all that is computed with them. It has to be read once anyway, to
 * check that it is what was written. Scales are F32, {@code 4 / group} bytes a weight instead of
 * {@code 2 / group}.
 */
public final class FourBitPanels implements WeightRows {

  /** Rows of a panel. */
  static final int ROWS = 16;

  private static final int BLOCK = RunOrder.BLOCK;

  private final FourBitTable table;
  private final List<RunOrder.Chunk> chunks;
  private final int[] firstValue;
  private final int[] firstScale;
  private final int[] rowAt;
  private final int[] placeOf;
  private final int[] values;
  private final float[] scales;

  private FourBitPanels(FourBitTable table, List<Integer> rowRuns, List<RunOrder.Chunk> chunks) {
    this.table = table;
    this.chunks = chunks;
    this.firstValue = new int[chunks.size()];
    this.firstScale = new int[chunks.size()];
    this.placeOf = new int[table.rows()];
    this.rowAt = inOrder(rowRuns);
    int scaleCount = 0;
    int valueCount = 0;
    for (int i = 0; i < chunks.size(); i++) {
      List<Integer> groups = chunks.get(i).groups();
      firstValue[i] = valueCount;
      valueCount = Math.addExact(valueCount, elements(chunks.get(i).blocks().size()));
      if (i > 0 && groups.equals(chunks.get(i - 1).groups())) {
        firstScale[i] = firstScale[i - 1];
      } else {
        firstScale[i] = scaleCount;
        scaleCount = Math.addExact(scaleCount, elements(groups.size()));
      }
    }
    this.values = new int[valueCount];
    this.scales = new float[scaleCount];
    for (int place = 0; place < rowAt.length; place++) {
      if (rowAt[place] >= 0) {
        read(rowAt[place], place);
      }
    }
  }

  /**
   * Reads a table of which a width may drop columns.
   *
   * @param rowRuns rows of each of the runs of which a width keeps prefixes
   */
  public static FourBitPanels of(FourBitTable table, List<Integer> rowRuns) {
    ColumnGroups groups = table.groups();
    return new FourBitPanels(table, rowRuns, RunOrder.of(groups.runs(), groups.largest()));
  }

  /** Reads a table whose columns, a single run, are all read at every width. */
  public static FourBitPanels ofFixedColumns(FourBitTable table, List<Integer> rowRuns) {
    List<RunOrder.Chunk> all = RunOrder.fixed(table.columns(), table.groups().largest());
    return new FourBitPanels(table, rowRuns, all);
  }

  private int elements(int perRow) {
    return Math.multiplyExact(rowAt.length, perRow);
  }

  /** The row at every place, -1 where there is none. */
  private int[] inOrder(List<Integer> rowRuns) {
    List<RunOrder.Block> order =
        RunOrder.of(rowRuns, Integer.MAX_VALUE).stream()
            .flatMap(chunk -> chunk.blocks().stream())
            .toList();
    int[] rows = new int[(order.size() * BLOCK + ROWS - 1) / ROWS * ROWS];
    Arrays.fill(rows, -1);
    for (int i = 0; i < order.size(); i++) {
      RunOrder.Block block = order.get(i);
      for (int row = 0; row < block.count(); row++) {
        rows[i * BLOCK + row] = block.first() + row;
        placeOf[block.first() + row] = i * BLOCK + row;
      }
    }
    return rows;
  }

  private void read(int row, int place) {
    int panel = place / ROWS;
    int lane = place % ROWS;
    for (int i = 0; i < chunks.size(); i++) {
      List<RunOrder.Block> blocks = chunks.get(i).blocks();
      int to = firstValue[i] + panel * blocks.size() * ROWS + lane;
      for (RunOrder.Block block : blocks) {
        values[to] = table.eight(row, block.first(), block.count());
        to += ROWS;
      }
      List<Integer> groups = chunks.get(i).groups();
      to = firstScale[i] + panel * groups.size() * ROWS + lane;
      for (int group : groups) {
        scales[to] = table.scale(row, group);
        to += ROWS;
      }
    }
  }

  @Override
  public int rows() {
    return table.rows();
  }

  @Override
  public int columns() {
    return table.columns();
  }

  @Override
  public long bytes() {
    return (values.length + (long) scales.length) * Integer.BYTES;
  }

  @Override
  public int together() {
    return ROWS;
  }

  @Override
  public int places() {
    return rowAt.length;
  }

  @Override
  public int rowAt(int place) {
    return rowAt[place];
  }

  @Override
  public List<RowSpan> places(List<RowSpan> stored) {
    List<RowSpan> spans = new ArrayList<>();
    for (RowSpan span : stored) {
      for (int row = span.from(); row < span.to(); ) {
        int place = placeOf[row];
        int count = 1;
        while (row + count < span.to() && placeOf[row + count] == place + count) {
          count++;
        }
        spans.add(new RowSpan(place, place + count, span.output() + row - span.from()));
        row += count;
      }
    }
    spans.sort(Comparator.comparingInt(RowSpan::from));
    return spans;
  }

  /** How the columns share scales. */
  public ColumnGroups groups() {
    return table.groups();
  }

  /** Panels of all rows. */
  int panels() {
    return rowAt.length / ROWS;
  }

  /** The columns in the order of their places. */
  List<RunOrder.Chunk> chunks() {
    return chunks;
  }

  /** For every chunk {@code [panels, blocks, ROWS]}. */
  int[] values() {
    return values;
  }

  /** A chunk's first element of {@link #values}. */
  int firstValue(int chunk) {
    return firstValue[chunk];
  }

  /**
   * For every chunk whose groups are not those of the one before {@code [panels, groups, ROWS]}.
   */
  float[] scales() {
    return scales;
  }

  /** The first element of {@link #scales} of a chunk's groups. */
  int firstScale(int chunk) {
    return firstScale[chunk];
  }

  @Override
  public void read(int row, int column, int count, float[] destination, int at) {
    table.read(row, column, count, destination, at);
  }
}
