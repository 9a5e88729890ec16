package io.gramian.checkpoint.packed;

import java.util.Arrays;
import java.util.Optional;

/**
 * A packed map's columns in other places, in blocks of equally many that share one scale: how
 * formats store it whose groups do not restart at every run. No value and no scale changes; a group
 * becomes one or several blocks, and places that stand for no column hold zeros.
 */
public final class RegularBlocks {

  /** What a place holds that stands for no column, or no row, of the map. */
  public static final int ZEROS = -1;

  private final int[] columns;
  private final int size;
  private final int[] groupOfBlock;

  private RegularBlocks(int[] columns, int size, int[] groupOfBlock) {
    this.columns = columns;
    this.size = size;
    this.groupOfBlock = groupOfBlock;
  }

  /**
   * Blocks of {@code size} columns.
   *
   * @param columns the map's column at each place, or {@link #ZEROS}
   * @return empty if they do not fall into whole blocks, or a block would need two scales
   */
  public static Optional<RegularBlocks> of(ColumnGroups groups, int[] columns, int size) {
    if (columns.length % size != 0) {
      return Optional.empty();
    }
    int[] groupOfColumn = new int[groups.columns()];
    for (ColumnGroup group : groups.list()) {
      Arrays.fill(groupOfColumn, group.from(), group.to(), group.index());
    }
    int[] groupOfBlock = new int[columns.length / size];
    Arrays.fill(groupOfBlock, ZEROS);
    for (int place = 0; place < columns.length; place++) {
      if (columns[place] == ZEROS) {
        continue;
      }
      int block = place / size;
      int group = groupOfColumn[columns[place]];
      if (groupOfBlock[block] != ZEROS && groupOfBlock[block] != group) {
        return Optional.empty();
      }
      groupOfBlock[block] = group;
    }
    return Optional.of(new RegularBlocks(columns.clone(), size, groupOfBlock));
  }

  /** Places of a row. */
  public int columns() {
    return columns.length;
  }

  /** Scales of a row. */
  public int blocks() {
    return groupOfBlock.length;
  }

  /** Places that share a scale. */
  public int size() {
    return size;
  }

  /**
   * A row: values 0..15, of which {@code value - 8} is meant, and the bits of F16 scales. Zeros are
   * 8; a block of nothing else has the scale zero.
   *
   * @param row of {@code matrix}, or {@link #ZEROS}
   * @param values {@code [columns]}, written
   * @param scales {@code [blocks]}, written
   */
  public void read(PackedMatrix matrix, int row, byte[] values, short[] scales) {
    Arrays.fill(values, 0, columns.length, (byte) PackedMatrix.ZERO);
    Arrays.fill(scales, 0, groupOfBlock.length, (short) 0);
    if (row == ZEROS) {
      return;
    }
    for (int place = 0; place < columns.length; place++) {
      if (columns[place] != ZEROS) {
        values[place] = (byte) matrix.value(row, columns[place]);
      }
    }
    for (int block = 0; block < groupOfBlock.length; block++) {
      if (groupOfBlock[block] != ZEROS) {
        scales[block] = matrix.scaleBits(row, groupOfBlock[block]);
      }
    }
  }
}
