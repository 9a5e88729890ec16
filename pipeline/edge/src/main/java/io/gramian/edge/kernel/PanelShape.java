package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroups;
import java.util.Arrays;
import java.util.List;

/**
 * Where everything lies in {@link FourBitPanels} of some rows and columns: the same for every layer
 * of a model, and shared by them, so that it stays in the cache while their weights pass.
 */
public final class PanelShape {

  private static final int ROWS = FourBitPanels.ROWS;
  private static final int BLOCK = RunOrder.BLOCK;

  private final ColumnGroups groups;
  private final List<RunOrder.Chunk> chunks;
  private final int[] rowAt;
  private final int[] placeOf;
  private final int[] width;
  private final int[] scaleWidth;
  private final int[] firstValue;
  private final int[] firstScale;
  private final int values;
  private final int scales;

  private PanelShape(ColumnGroups groups, int[] rowAt, List<RunOrder.Chunk> chunks) {
    this.groups = groups;
    this.chunks = chunks;
    this.rowAt = rowAt;
    this.placeOf = new int[(int) Arrays.stream(rowAt).filter(row -> row >= 0).count()];
    for (int place = 0; place < rowAt.length; place++) {
      if (rowAt[place] >= 0) {
        placeOf[rowAt[place]] = place;
      }
    }
    this.width = new int[chunks.size()];
    this.scaleWidth = new int[chunks.size()];
    this.firstValue = new int[chunks.size()];
    this.firstScale = new int[chunks.size()];
    int valueCount = 0;
    int scaleCount = 0;
    for (int i = 0; i < chunks.size(); i++) {
      List<Integer> own = chunks.get(i).groups();
      width[i] = chunks.get(i).blocks().size() * ROWS;
      scaleWidth[i] = own.size() * ROWS;
      firstValue[i] = valueCount;
      valueCount = Math.addExact(valueCount, Math.multiplyExact(panels(), width[i]));
      if (i > 0 && own.equals(chunks.get(i - 1).groups())) {
        firstScale[i] = firstScale[i - 1];
      } else {
        firstScale[i] = scaleCount;
        scaleCount = Math.addExact(scaleCount, Math.multiplyExact(panels(), scaleWidth[i]));
      }
    }
    this.values = valueCount;
    this.scales = scaleCount;
  }

  /**
   * For columns that a width may drop.
   *
   * @param rowRuns rows of each of the runs of which a width keeps prefixes
   */
  public static PanelShape of(ColumnGroups groups, List<Integer> rowRuns) {
    return new PanelShape(groups, inOrder(rowRuns), RunOrder.of(groups.runs(), groups.largest()));
  }

  /** For columns, a single run, that are all read at every width. */
  public static PanelShape ofFixedColumns(ColumnGroups groups, List<Integer> rowRuns) {
    return new PanelShape(groups, inOrder(rowRuns), fixed(groups));
  }

  /**
   * For two maps with as many rows each, of which a width keeps as many, and columns as in {@link
   * #ofFixedColumns}: the first map's rows are the lower halves of the panels, the second one's the
   * upper. So who has some panels has the same channels of both.
   */
  public static PanelShape ofPairs(ColumnGroups groups, int rows) {
    int half = FourBitPanels.LANES;
    int[] rowAt = new int[(rows + half - 1) / half * ROWS];
    Arrays.fill(rowAt, -1);
    for (int row = 0; row < rows; row++) {
      int place = row / half * ROWS + row % half;
      rowAt[place] = row;
      rowAt[place + half] = rows + row;
    }
    return new PanelShape(groups, rowAt, fixed(groups));
  }

  private static List<RunOrder.Chunk> fixed(ColumnGroups groups) {
    return RunOrder.fixed(groups.columns(), groups.largest());
  }

  /** The row at every place, -1 where there is none. */
  private static int[] inOrder(List<Integer> rowRuns) {
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
      }
    }
    return rows;
  }

  /** How the columns share scales. */
  ColumnGroups groups() {
    return groups;
  }

  /** Rows that there are. */
  int rows() {
    return placeOf.length;
  }

  /** Panels of all rows. */
  int panels() {
    return rowAt.length / ROWS;
  }

  /** The row at a place, -1 where there is none. */
  int rowAt(int place) {
    return rowAt[place];
  }

  /** The place of a row. */
  int placeOf(int row) {
    return placeOf[row];
  }

  /** The columns in the order of their places. */
  List<RunOrder.Chunk> chunks() {
    return chunks;
  }

  /** Values of a panel of each chunk. */
  int[] widths() {
    return width;
  }

  /** Scales of a panel of each chunk. */
  int[] scaleWidths() {
    return scaleWidth;
  }

  /** The place of each chunk's first value. */
  int[] firstValues() {
    return firstValue;
  }

  /** The place of the first scale of each chunk's groups. */
  int[] firstScales() {
    return firstScale;
  }

  /** Number of 32-bit values. */
  int values() {
    return values;
  }

  /** Number of scales. */
  int scales() {
    return scales;
  }
}
