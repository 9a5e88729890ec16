package io.gramian.edge.decode;

import io.gramian.edge.kernel.WeightRows;
import io.gramian.model.DecoderSpec;
import java.util.List;

/**
 * A model's weights, mapped: shared by all its sessions and threads.
 *
 * @param spec the decoder, as wide as it is stored
 * @param embedding {@code [vocabulary, h]}
 * @param blocks in the order of execution
 * @param finalNorm weight {@code [h]}
 * @param head {@code [vocabulary, h]}
 */
public record ModelWeights(
    DecoderSpec spec,
    WeightRows embedding,
    List<StoredBlock> blocks,
    StoredVector finalNorm,
    StoredMap head) {

  public ModelWeights {
    blocks = List.copyOf(blocks);
  }

  /** Bytes of all tensors; a table that embedding and head share counts once. */
  public long bytes() {
    long embeddingBytes = spec.tied() ? 0 : embedding.bytes();
    return embeddingBytes
        + blocks.stream().mapToLong(StoredBlock::bytes).sum()
        + finalNorm.bytes()
        + head.bytes();
  }
}
