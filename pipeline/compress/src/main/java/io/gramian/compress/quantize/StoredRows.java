package io.gramian.compress.quantize;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedVector;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A prepared block's weights in storage order, as Java arrays. */
public final class StoredRows {

  private StoredRows() {}

  /**
   * Rows {@code from} to {@code to} (exclusive) of a map's storage order, {@code [to - from, in]},
   * row-major.
   */
  public static float[] of(PackedMap map, Weights weights, int from, int to) {
    int[] sources = Arrays.copyOfRange(map.rows().sources(), from, to);
    return rows(weights.get(map.map().weight()), sources);
  }

  /** All that is not quantised, by name: the vectors of {@code layout}, in storage order. */
  public static Map<String, float[]> vectors(PackedLayout layout, Weights weights) {
    Map<String, float[]> vectors = new LinkedHashMap<>();
    for (PackedVector vector : layout.vectors()) {
      String name = vector.tensor().name();
      vectors.put(name, rows(weights.get(name), vector.rows().sources()));
    }
    return vectors;
  }

  private static float[] rows(Tensor tensor, int[] sources) {
    return Scopes.compute(() -> Tensors.floats(Tensors.take(tensor, 0, sources)));
  }
}
