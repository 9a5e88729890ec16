package io.gramian.spark.wave;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** What an executor reads of a checkpoint, in the form that a forward pass runs. */
public interface WeightSource extends Serializable {

  /** Reads it; the caller owns the result. */
  Weights read(Checkpoint checkpoint) throws IOException;

  /** Some tensors as they are. */
  record Tensors(List<TensorShape> shapes) implements WeightSource {

    private static final long serialVersionUID = 1L;

    @Override
    public Weights read(Checkpoint checkpoint) {
      return Weights.read(checkpoint, shapes);
    }
  }

  /**
   * Blocks, transformed one by one, so that never more than one is held twice.
   *
   * @param blocks as the checkpoint has them
   */
  record Blocks(List<ResidualBlock> blocks, BlockTransform transform) implements WeightSource {

    private static final long serialVersionUID = 1L;

    @Override
    public Weights read(Checkpoint checkpoint) {
      List<Weights> parts = new ArrayList<>();
      try {
        for (ResidualBlock block : blocks) {
          parts.add(transform.apply(block, Weights.read(checkpoint, block.tensors())));
        }
        return Weights.joined(parts);
      } catch (RuntimeException | Error e) {
        parts.forEach(Weights::close);
        throw e;
      }
    }
  }
}
