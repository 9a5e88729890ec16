package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedVector;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Weights that a forward pass runs, from packed ones: dequantised, F32, rows back in the
 * checkpoint's order. They belong to the description {@code packed.layout().block()}.
 */
public final class DequantisedBlock {

  /** Rows dequantised at a time: a Java array cannot hold the largest tables. */
  private static final int ROWS = 1024;

  private DequantisedBlock() {}

  /** A whole block; for a narrower one cut it first ({@link PackedBlock#at}). */
  public static Weights of(PackedBlock packed) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (PackedMap map : packed.layout().maps()) {
        String weight = map.map().weight();
        tensors.put(weight, tensor(map, packed.matrix(weight)));
      }
      for (PackedVector vector : packed.layout().vectors()) {
        String name = vector.tensor().name();
        tensors.put(name, tensor(vector, packed.vector(name)));
      }
      return Weights.of(tensors);
    }
  }

  /**
   * A prepared block of which some maps are quantised already: these dequantised, all else as it
   * was.
   *
   * @param prepared weights after {@link FoldAndRotate}; stay as they are
   * @param done quantised maps by the name of the weight
   * @return owned by the caller
   */
  public static Weights partly(
      PackedLayout layout, Weights prepared, Map<String, PackedMatrix> done) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      prepared.names().forEach(name -> tensors.put(name, prepared.get(name)));
      done.forEach((weight, matrix) -> tensors.put(weight, tensor(layout.map(weight), matrix)));
      return Weights.of(tensors);
    }
  }

  /** A single map or table, under its checkpoint name: an embedding, a head. */
  public static Weights of(PackedMap map, PackedMatrix packed) {
    try (PointerScope scope = new PointerScope()) {
      return Weights.of(Map.of(map.map().weight(), tensor(map, packed)));
    }
  }

  private static Tensor tensor(PackedMap map, PackedMatrix packed) {
    Tensor stored = Tensors.emptyFloat(packed.rows(), packed.columns());
    for (int from = 0; from < packed.rows(); from += ROWS) {
      int to = Math.min(from + ROWS, packed.rows());
      try (PointerScope scope = new PointerScope()) {
        Tensor part = Tensor.create(packed.dequantised(from, to), to - from, packed.columns());
        Tensors.range(stored, 0, from, to).copy_(part);
      }
    }
    return inCheckpointOrder(stored, map.rows());
  }

  private static Tensor tensor(PackedVector vector, float[] values) {
    long[] shape = vector.tensor().shape().stream().mapToLong(Long::longValue).toArray();
    return inCheckpointOrder(Tensor.create(values, shape), vector.rows());
  }

  private static Tensor inCheckpointOrder(Tensor stored, PackedAxis rows) {
    int[] sources = rows.sources();
    int[] places = new int[sources.length];
    for (int place = 0; place < places.length; place++) {
      places[sources[place]] = place;
    }
    return Tensors.take(stored, 0, places);
  }
}
