package io.gramian.model.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.BlockWidths;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A block's tensors in packed form, in Java memory, in storage order. Immutable.
 *
 * <p>Biases of maps are held as the numbers that F16 stores.
 */
public final class PackedBlock implements Serializable {

  private static final long serialVersionUID = 1L;

  private final PackedLayout layout;
  private final HashMap<String, PackedMatrix> matrices;
  private final HashMap<String, float[]> vectors;

  private PackedBlock(
      PackedLayout layout, Map<String, PackedMatrix> matrices, Map<String, float[]> vectors) {
    this.layout = layout;
    this.matrices = new HashMap<>(matrices);
    this.vectors = new HashMap<>(vectors);
  }

  /**
   * Puts a block together.
   *
   * @param matrices by the name of the weight, one for every map of {@code layout}
   * @param vectors by name, in storage order, one for every vector of {@code layout}; biases are
   *     rounded to F16
   * @throws IllegalArgumentException if one is missing or not as large as the layout says
   */
  public static PackedBlock of(
      PackedLayout layout, Map<String, PackedMatrix> matrices, Map<String, float[]> vectors) {
    Map<String, PackedMatrix> maps = new HashMap<>();
    for (PackedMap map : layout.maps()) {
      String weight = map.map().weight();
      maps.put(weight, requireFit(map, matrices.get(weight)));
    }
    Map<String, float[]> rounded = new HashMap<>();
    for (PackedVector vector : layout.vectors()) {
      rounded.put(vector.tensor().name(), rounded(vector, vectors.get(vector.tensor().name())));
    }
    return new PackedBlock(layout, maps, rounded);
  }

  private static PackedMatrix requireFit(PackedMap map, PackedMatrix matrix) {
    if (matrix == null
        || matrix.rows() != map.map().out()
        || !matrix.groups().equals(map.groups())) {
      throw new IllegalArgumentException(map.map().weight() + " cannot be " + matrix);
    }
    return matrix;
  }

  private static float[] rounded(PackedVector vector, float[] values) {
    if (values == null || values.length != vector.tensor().elements()) {
      throw new IllegalArgumentException(vector.tensor() + " has another number of elements");
    }
    return decode(vector.dtype(), encode(vector.dtype(), values));
  }

  private static ByteBuffer encode(DType dtype, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, dtype.bytes()));
    FloatCodec.encode(dtype, FloatBuffer.wrap(values), bytes);
    return bytes.flip();
  }

  private static float[] decode(DType dtype, ByteBuffer bytes) {
    float[] values = new float[bytes.remaining() / dtype.bytes()];
    FloatCodec.decode(dtype, bytes, FloatBuffer.wrap(values));
    return values;
  }

  /**
   * Reads a block from a packed artifact.
   *
   * @throws io.gramian.checkpoint.UserException if a tensor is missing, or has another shape or
   *     type
   */
  public static PackedBlock read(PackedLayout layout, Checkpoint artifact) throws IOException {
    return new PackedReader(artifact).block(layout);
  }

  /** Where everything stands. */
  public PackedLayout layout() {
    return layout;
  }

  /** The map with that {@code weight}. */
  public PackedMatrix matrix(String weight) {
    return matrices.get(weight);
  }

  /** A vector's elements in storage order; a copy. */
  public float[] vector(String name) {
    return vectors.get(name).clone();
  }

  /**
   * The block at a width: a prefix of every run of every axis. Where value biases are dropped, what
   * they contribute to the output is added to its bias ({@link DroppedBias}); nothing else is
   * rounded again.
   *
   * @throws io.gramian.checkpoint.UserException if a width keeps an odd number of columns
   */
  public PackedBlock at(BlockWidths widths) {
    PackedLayout narrow = layout.at(widths);
    Map<String, PackedMatrix> maps = new HashMap<>();
    for (PackedMap map : layout.maps()) {
      String weight = map.map().weight();
      maps.put(
          weight, matrices.get(weight).cut(map.rows().places(widths), map.columns().kept(widths)));
    }
    Map<String, float[]> cut = new HashMap<>();
    for (PackedVector vector : layout.vectors()) {
      cut.put(vector.tensor().name(), cut(vector, widths));
    }
    DroppedBias.addTo(cut, this, widths);
    return of(narrow, maps, cut);
  }

  private float[] cut(PackedVector vector, BlockWidths widths) {
    float[] whole = vectors.get(vector.tensor().name());
    int[] places = vector.rows().places(widths);
    int perRow = whole.length / vector.rows().channels();
    float[] kept = new float[places.length * perRow];
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(whole, places[i] * perRow, kept, i * perRow, perRow);
    }
    return kept;
  }

  /** The bytes of each of {@link PackedLayout#tensors}, in that order, read-only. */
  public List<ByteBuffer> bytes() {
    List<ByteBuffer> bytes = new ArrayList<>();
    for (PackedMap map : layout.maps()) {
      PackedMatrix matrix = matrices.get(map.map().weight());
      bytes.add(matrix.values());
      bytes.add(matrix.scales());
    }
    for (PackedVector vector : layout.vectors()) {
      TensorSpec stored = vector.stored();
      bytes.add(encode(stored.dtype(), vectors.get(stored.name())).asReadOnlyBuffer());
    }
    return bytes;
  }
}
