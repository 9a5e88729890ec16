package io.gramian.edge.decode;

import io.gramian.edge.kernel.StoredRows;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import java.util.List;
import java.util.Map;

/**
 * A model's weights: shared by all its sessions and threads.
 *
 * @param spec the decoder, as wide as it is stored
 * @param embedding {@code [vocabulary, h]}
 * @param blocks in the order of execution
 * @param finalNorm weight {@code [h]}
 * @param head {@code [vocabulary, h]}
 */
public record ModelWeights(
    DecoderSpec spec,
    StoredRows embedding,
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

  /**
   * Bytes that a pass of one token reads: of every map what the width keeps of its values and
   * scales, of the embedding one row.
   *
   * @param widths by block index
   */
  public long bytesRead(Map<Integer, BlockWidths> widths) {
    long bytes = finalNorm.bytes() + head.bytes() + embedding.bytes() / embedding.rows();
    for (StoredBlock block : blocks) {
      bytes += block.bytesRead(widths.get(block.block().blockIndex()));
    }
    return bytes;
  }
}
