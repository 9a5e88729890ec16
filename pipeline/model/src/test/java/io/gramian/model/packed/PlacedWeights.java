package io.gramian.model.packed;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.AxisSources;
import io.gramian.model.BlockWidths;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorAxis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Quantised weights of a block of which each element is known from where it stands in the
 * checkpoint: a level by row and column, a scale by row and first column of its group. A slice of
 * them can be packed without cutting packed ones.
 */
final class PlacedWeights {

  private final ResidualBlock block;
  private final int group;

  PlacedWeights(ResidualBlock block, int group) {
    this.block = block;
    this.group = group;
  }

  /** All of it. */
  PackedBlock whole() {
    return packed(PackedLayout.of(block, group), AxisSources.of(block, Map.of()));
  }

  /** The slice that {@code widths} keep, packed anew. */
  PackedBlock slice(BlockWidths widths) {
    return packed(
        PackedLayout.of(block, group).at(widths), AxisSources.of(block, widths.prefixes(block)));
  }

  private PackedBlock packed(PackedLayout layout, Map<TensorAxis, int[]> kept) {
    Map<String, PackedMatrix> matrices = new HashMap<>();
    for (PackedMap map : layout.maps()) {
      String weight = map.map().weight();
      int[] rows = kept.getOrDefault(new TensorAxis(weight, 0), all(map.map().out()));
      int[] columns = kept.getOrDefault(new TensorAxis(weight, 1), all(map.map().in()));
      matrices.put(weight, matrix(map, rows, columns));
    }
    Map<String, float[]> vectors = new HashMap<>();
    for (PackedVector vector : layout.vectors()) {
      String name = vector.tensor().name();
      int channels = vector.rows().channels();
      int[] rows = kept.getOrDefault(new TensorAxis(name, 0), all(channels));
      int perRow = (int) vector.tensor().elements() / channels;
      vectors.put(name, vector(vector, rows, perRow));
    }
    return PackedBlock.of(layout, matrices, vectors);
  }

  private static int[] all(int length) {
    return IntStream.range(0, length).toArray();
  }

  /**
   * One map.
   *
   * @param rows the whole checkpoint's row behind each row of the narrow one
   * @param columns likewise
   */
  private static PackedMatrix matrix(PackedMap map, int[] rows, int[] columns) {
    String name = map.map().weight();
    int[] stored = map.rows().sources();
    List<ColumnGroup> groups = map.groups().list();
    byte[] levels = new byte[rows.length * columns.length];
    float[] scales = new float[rows.length * groups.size()];
    int at = 0;
    int scaleAt = 0;
    for (int place = 0; place < rows.length; place++) {
      int row = rows[stored[place]];
      for (int column : columns) {
        levels[at++] = (byte) (Math.floorMod(Objects.hash(name, row, column), 16) - 8);
      }
      for (ColumnGroup group : groups) {
        int hash = Objects.hash(name, "scale", row, columns[group.from()]);
        scales[scaleAt++] = (1 + Math.floorMod(hash, 1000)) / 1024f;
      }
    }
    return PackedMatrix.of(map.groups(), levels, scales);
  }

  private static float[] vector(PackedVector vector, int[] rows, int perRow) {
    int[] stored = vector.rows().sources();
    float[] values = new float[rows.length * perRow];
    for (int i = 0; i < values.length; i++) {
      int hash = Objects.hash(vector.tensor().name(), rows[stored[i / perRow]], i % perRow);
      values[i] = Math.floorMod(hash, 2000) / 1024f - 1;
    }
    return values;
  }
}
