package io.gramian.spark.quantize;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.quantize.RotatedTables;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import java.io.Serializable;
import java.util.List;

/** Rows of the embedding or of the head, prepared. */
sealed interface TableRows extends Serializable {

  /** Rows {@code from} to {@code to} (exclusive), {@code [to - from, h]}, row-major. */
  float[] read(Checkpoint checkpoint, int from, int to);

  /** Of the embedding. */
  record Embedding(Preparation preparation) implements TableRows {

    private static final long serialVersionUID = 1L;

    @Override
    public float[] read(Checkpoint checkpoint, int from, int to) {
      DecoderSpec spec = preparation.spec();
      try (Weights rows = Weights.readRows(checkpoint, spec.embeddingTensor(), from, to);
          Weights prepared = RotatedTables.embedding(spec, rows, preparation.rotation())) {
        return floats(prepared, spec.embedding());
      }
    }
  }

  /** Of the head, which takes the final norm's weight up. */
  record Head(Preparation preparation) implements TableRows {

    private static final long serialVersionUID = 1L;

    @Override
    public float[] read(Checkpoint checkpoint, int from, int to) {
      DecoderSpec spec = preparation.spec();
      try (Weights norm = Weights.read(checkpoint, List.of(spec.finalNorm().tensor()));
          Weights rows = Weights.readRows(checkpoint, spec.headTensor(), from, to);
          Weights both = Weights.joined(List.of(norm, rows));
          Weights prepared = RotatedTables.head(spec, both, preparation.rotation())) {
        return floats(prepared, RotatedTables.untiedHead(spec));
      }
    }
  }

  private static float[] floats(Weights weights, String name) {
    return Scopes.compute(() -> Tensors.floats(weights.get(name)));
  }
}
