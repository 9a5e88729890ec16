package io.gramian.edge.decode;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.kernel.PlainRows;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Maps the weights of a checkpoint of BF16 or F32 numbers, as wide as it is. */
public final class PlainWeights extends WeightReader {

  private final Checkpoint checkpoint;

  private PlainWeights(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  /**
   * The weights of a checkpoint, which must stay open no longer: maps outlive it.
   *
   * @throws UserException if a tensor is missing, or has another shape, or a map is neither BF16
   *     nor F32
   */
  public static ModelWeights of(ModelCheckpoint model) throws IOException {
    model.validate();
    PlainWeights reader = new PlainWeights(model.checkpoint());
    DecoderSpec spec = model.spec();
    List<StoredBlock> blocks = new ArrayList<>();
    for (ResidualBlock block : spec.blocks()) {
      blocks.add(reader.block(block));
    }
    return new ModelWeights(
        spec,
        reader.fixed(spec.embedding(), spec.vocabularySize(), spec.hiddenSize()),
        blocks,
        reader.norm(spec.finalNorm()),
        reader.head(spec.head(), spec.vocabularySize(), spec.hiddenSize()));
  }

  @Override
  WeightRows fixed(String weight, int rows, int columns) throws IOException {
    DType dtype = checkpoint.info(weight).dtype();
    if (dtype != DType.BF16 && dtype != DType.F32) {
      throw new UserException(
          checkpoint.directory().name()
              + ": tensor '"
              + weight
              + "' is "
              + dtype
              + ", but the edge runtime multiplies BF16, F32 and packed 4-bit weights: give a"
              + " checkpoint of one of them");
    }
    return new PlainRows(checkpoint.view(weight), dtype, rows, columns);
  }

  @Override
  List<StoredMap> maps(ResidualBlock block, List<LinearSpec> maps) throws IOException {
    List<StoredMap> stored = new ArrayList<>();
    for (LinearSpec map : maps) {
      stored.add(
          new StoredMap(
              fixed(map.weight(), map.out(), map.in()),
              PackedAxis.fixed(map.out()),
              PackedAxis.fixed(map.in()),
              bias(map)));
    }
    return stored;
  }

  @Override
  StoredVector vector(ResidualBlock block, TensorShape tensor) throws IOException {
    int rows = Math.toIntExact(tensor.shape().get(0));
    return new StoredVector(PackedAxis.fixed(rows), values(tensor));
  }

  @Override
  PairLayout pairs() {
    return PairLayout.HALF_SPLIT;
  }

  @Override
  float[] values(TensorShape tensor) throws IOException {
    return floats(checkpoint, tensor);
  }

  /** A small tensor as F32; refuses what is not finite. */
  static float[] floats(Checkpoint checkpoint, TensorShape tensor) throws IOException {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    checkpoint.readFloats(tensor.name(), 0, FloatBuffer.wrap(values));
    return values;
  }
}
