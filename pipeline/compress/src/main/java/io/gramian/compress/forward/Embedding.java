package io.gramian.compress.forward;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Looks token ids up in the table {@code [vocabulary, h]}. */
public final class Embedding {

  private final Tensor table;

  public Embedding(DecoderSpec spec, Weights weights) {
    table = weights.get(spec.embedding());
  }

  /** Ids {@code [B, T]} (row-major, {@code B * T} of them) to {@code [B, T, h]}. */
  public Tensor apply(int[] ids, int sequences, int positions) {
    return Scopes.keep(() -> torch.embedding(table, Tensor.create(ids, sequences, positions)));
  }
}
