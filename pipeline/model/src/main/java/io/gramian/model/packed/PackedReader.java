package io.gramian.model.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.checkpoint.packed.PackedMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/** Reads packed tensors from an artifact. */
public final class PackedReader {

  private final Checkpoint artifact;

  public PackedReader(Checkpoint artifact) {
    this.artifact = artifact;
  }

  /**
   * A map, or a table.
   *
   * @throws UserException if a tensor is missing, or has another shape or type
   */
  public PackedMatrix map(PackedMap map) throws IOException {
    return PackedMatrix.ofBytes(
        map.groups(), bytes(map.tensors().get(0)), bytes(map.tensors().get(1)));
  }

  private ByteBuffer bytes(TensorSpec tensor) throws IOException {
    require(tensor);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
    artifact.read(tensor.name(), 0, bytes);
    return bytes.flip();
  }

  /**
   * Checks that a tensor is there. Reads headers only.
   *
   * @throws UserException if it is missing, or has another shape or type
   */
  public void require(TensorSpec tensor) {
    TensorInfo info = artifact.require(tensor.name(), tensor.shape());
    if (info.dtype() != tensor.dtype()) {
      throw new UserException(
          "%s: tensor '%s' is %s instead of %s: the file is no packed artifact; quantize again"
              .formatted(artifact.directory().name(), tensor.name(), info.dtype(), tensor.dtype()));
    }
  }

  /** A tensor that is not quantised, in storage order. */
  public float[] vector(PackedVector vector) throws IOException {
    require(vector.stored());
    float[] values = new float[Math.toIntExact(vector.tensor().elements())];
    artifact.readFloats(vector.tensor().name(), 0, FloatBuffer.wrap(values));
    return values;
  }

  PackedBlock block(PackedLayout layout) throws IOException {
    Map<String, PackedMatrix> matrices = new HashMap<>();
    for (PackedMap map : layout.maps()) {
      matrices.put(map.map().weight(), map(map));
    }
    Map<String, float[]> vectors = new HashMap<>();
    for (PackedVector vector : layout.vectors()) {
      vectors.put(vector.tensor().name(), vector(vector));
    }
    return PackedBlock.of(layout, matrices, vectors);
  }
}
