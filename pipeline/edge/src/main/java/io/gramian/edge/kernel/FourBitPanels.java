package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroups;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A {@link FourBitTable} that is multiplied, in arrays and in the order of its kernel. Thirty-two
 * rows make a <em>panel</em>; a panel has, for every half of a block of eight columns, sixteen
 * 32-bit integers: integer {@code r} holds four columns of row {@code r} in its lower and the same
 * of row {@code 16 + r} in its upper half. So a vector holds the same columns of twice as many rows
 * as it has lanes, every input is the same for all of them, and nothing has to be summed across.
 *
 * <p>Rows and blocks of columns lie in the order of {@link RunOrder}, chunk by chunk, and a chunk
 * has the blocks of all panels. So what a width reads is one piece of memory: a processor fetches
 * ahead at full speed only what is read without gaps for long, and even a small gap makes it begin
 * anew. Two maps may lie together by turns of sixteen rows ({@link PanelShape#ofPairs}).
 *
 * <p>In arrays and not in the map, because JDK 17 loads vectors from a mapped buffer through checks
 * that cost about half as much as all that is computed with them. It has to be read once anyway, to
 * check that it is what was written. Scales are F32, {@code 4 / group} bytes a weight instead of
 * {@code 2 / group}.
 */
public final class FourBitPanels implements WeightRows {

  /** Rows of a panel. */
  static final int ROWS = 32;

  /** Integers that have the same four columns of all rows of a panel. */
  static final int LANES = ROWS / 2;

  /** Integers of a cache line. */
  private static final int LINE = 16;

  /** Integers that {@link #fetch} goes through, a page of memory. */
  private static final int FETCHED = 64 * LINE;

  private final List<FourBitTable> tables;
  private final PanelShape shape;
  private final int[] values;
  private final float[] scales;

  /**
   * Reads a table.
   *
   * @param shape of as many rows, and of the table's groups
   */
  public FourBitPanels(FourBitTable table, PanelShape shape) {
    this(List.of(table), shape);
  }

  /**
   * Reads tables with the same columns, whose rows are multiplied together: those of the first one,
   * then those of the second.
   *
   * @param shape of as many rows as all have, and of each table's groups
   */
  public FourBitPanels(List<FourBitTable> tables, PanelShape shape) {
    int rows = tables.stream().mapToInt(FourBitTable::rows).sum();
    boolean alike = tables.stream().allMatch(table -> table.groups().equals(shape.groups()));
    if (!alike || shape.rows() != rows) {
      throw new IllegalArgumentException(
          rows + " rows of " + tables.get(0).groups() + " in another shape");
    }
    this.tables = List.copyOf(tables);
    this.shape = shape;
    this.values = new int[shape.values()];
    this.scales = new float[shape.scales()];
    int first = 0;
    for (FourBitTable table : tables) {
      for (int row = 0; row < table.rows(); row++) {
        read(table, row, shape.placeOf(first + row));
      }
      first += table.rows();
    }
  }

  private void read(FourBitTable table, int row, int place) {
    int panel = place / ROWS;
    int lane = place % ROWS;
    int half = lane / LANES * 16;
    for (int i = 0; i < shape.chunks().size(); i++) {
      int to = shape.firstValues()[i] + panel * shape.widths()[i] + lane % LANES;
      for (RunOrder.Block block : shape.chunks().get(i).blocks()) {
        int eight = table.eight(row, block.first(), block.count());
        values[to] |= (eight & 0xffff) << half;
        values[to + LANES] |= (eight >>> 16) << half;
        to += ROWS;
      }
      to = shape.firstScales()[i] + panel * shape.scaleWidths()[i] + lane;
      for (int group : shape.chunks().get(i).groups()) {
        scales[to] = table.scale(row, group);
        to += ROWS;
      }
    }
  }

  @Override
  public int rows() {
    return shape.rows();
  }

  @Override
  public int columns() {
    return shape.groups().columns();
  }

  @Override
  public long bytes() {
    return (values.length + (long) scales.length) * Integer.BYTES;
  }

  @Override
  public PanelShape shape() {
    return shape;
  }

  @Override
  public int together() {
    return ROWS;
  }

  @Override
  public int places() {
    return shape.panels() * ROWS;
  }

  @Override
  public int rowAt(int place) {
    return shape.rowAt(place);
  }

  @Override
  public List<RowSpan> places(List<RowSpan> stored) {
    List<RowSpan> spans = new ArrayList<>();
    for (RowSpan span : stored) {
      for (int row = span.from(); row < span.to(); ) {
        int place = shape.placeOf(row);
        int count = 1;
        while (row + count < span.to() && shape.placeOf(row + count) == place + count) {
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
    return shape.groups();
  }

  /** For every chunk {@code [panels, blocks, 2, LANES]}. */
  int[] values() {
    return values;
  }

  /**
   * For every chunk whose groups are not those of the one before {@code [panels, groups, ROWS]}.
   */
  float[] scales() {
    return scales;
  }

  /**
   * Reads the first few cache lines of a panel's values and scales in a chunk: processors go on by
   * themselves from there.
   *
   * @return something that depends on all of them, or the compiler would leave it out
   */
  int fetch(int chunk, int panel) {
    int read = 0;
    int at = shape.firstValues()[chunk] + panel * shape.widths()[chunk];
    int end = Math.min(values.length, at + FETCHED);
    for (int i = at; i < end; i += LINE) {
      read += values[i];
    }
    float scale = 0;
    at = shape.firstScales()[chunk] + panel * shape.scaleWidths()[chunk];
    end = Math.min(scales.length, at + FETCHED / 4);
    for (int i = at; i < end; i += LINE) {
      scale += scales[i];
    }
    return read + (int) scale;
  }

  @Override
  public void read(int row, int column, int count, float[] destination, int at) {
    int inTable = row;
    int i = 0;
    while (inTable >= tables.get(i).rows()) {
      inTable -= tables.get(i).rows();
      i++;
    }
    tables.get(i).read(inTable, column, count, destination, at);
  }
}
