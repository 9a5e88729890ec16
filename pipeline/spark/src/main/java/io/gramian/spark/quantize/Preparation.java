package io.gramian.spark.quantize;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.quantize.FoldAndRotate;
import io.gramian.compress.quantize.Hadamard;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.spark.wave.WeightSource;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * The weights of a checkpoint made ready for quantisation as they are read: norms folded into what
 * reads them, the hidden dimension rotated.
 *
 * @param spec the checkpoint's decoder
 * @param matrix of the rotation; null where there is none of the hidden size
 */
record Preparation(DecoderSpec spec, Hadamard matrix) implements Serializable {

  private static final long serialVersionUID = 1L;

  static Preparation of(DecoderSpec spec) {
    return new Preparation(spec, Hadamard.ofSize(spec.hiddenSize()).orElse(null));
  }

  Optional<Hadamard> rotation() {
    return Optional.ofNullable(matrix);
  }

  /** What {@code gramian.json} calls the rotation. */
  String label() {
    return matrix == null ? "none" : "hadamard";
  }

  /** The embedding. */
  RowSource embedding() {
    return new RowSource.OfTable(new TableRows.Embedding(this));
  }

  /** The head, untied. */
  RowSource head() {
    return new RowSource.OfTable(new TableRows.Head(this));
  }

  /**
   * Some tensors of a block, and its norm.
   *
   * @param tensors of the block
   */
  WeightSource of(ResidualBlock block, List<TensorShape> tensors) {
    return new BlockPart(block, tensors, new FoldAndRotate(rotation()));
  }

  private record BlockPart(ResidualBlock block, List<TensorShape> tensors, FoldAndRotate transform)
      implements WeightSource {

    private static final long serialVersionUID = 1L;

    BlockPart {
      TensorShape norm = block.norm().tensor();
      tensors =
          tensors.contains(norm)
              ? List.copyOf(tensors)
              : java.util.stream.Stream.concat(java.util.stream.Stream.of(norm), tensors.stream())
                  .toList();
    }

    @Override
    public Weights read(Checkpoint checkpoint) {
      return transform.apply(block, Weights.read(checkpoint, tensors));
    }
  }
}
