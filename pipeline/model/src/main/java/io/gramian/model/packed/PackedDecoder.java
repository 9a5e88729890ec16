package io.gramian.model.packed;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A whole decoder in a packed artifact. Embedding and head are in 4 bits and untied: the head takes
 * up the final norm's weight, so it is no longer the embedding's table.
 *
 * @param spec the decoder, untied
 * @param group most columns that share one scale
 * @param embedding {@code [vocabulary, h]}
 * @param blocks in the order of execution
 * @param finalNorm weight one, F32
 * @param head {@code [vocabulary, h]}
 */
public record PackedDecoder(
    DecoderSpec spec,
    int group,
    PackedMap embedding,
    List<PackedLayout> blocks,
    PackedVector finalNorm,
    PackedMap head)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The name that all families give to a head of its own. */
  private static final String HEAD = "lm_head.weight";

  public PackedDecoder {
    blocks = List.copyOf(blocks);
  }

  /**
   * The layout of a decoder.
   *
   * @throws io.gramian.checkpoint.UserException if a map cannot be packed two values to a byte
   */
  public static PackedDecoder of(DecoderSpec spec, int group) {
    DecoderSpec untied = untied(spec);
    int hidden = spec.hiddenSize();
    int vocabulary = spec.vocabularySize();
    return new PackedDecoder(
        untied,
        group,
        PackedMap.fixed(untied.embedding(), vocabulary, hidden, group),
        untied.blocks().stream().map(block -> PackedLayout.of(block, group)).toList(),
        new PackedVector(untied.finalNorm().tensor(), PackedAxis.fixed(hidden), DType.F32),
        PackedMap.fixed(untied.head(), vocabulary, hidden, group));
  }

  /** {@code spec} with a head of its own, {@code lm_head.weight}. */
  public static DecoderSpec untied(DecoderSpec spec) {
    return !spec.tied()
        ? spec
        : new DecoderSpec(
            spec.family(),
            spec.hiddenSize(),
            spec.vocabularySize(),
            spec.embedding(),
            spec.blocks(),
            spec.finalNorm(),
            HEAD);
  }

  /**
   * The layout of the narrowed decoder.
   *
   * @param widths by block index, one for every block
   */
  public PackedDecoder at(Map<Integer, BlockWidths> widths) {
    List<PackedLayout> narrow =
        blocks.stream().map(layout -> layout.at(widths.get(layout.block().blockIndex()))).toList();
    DecoderSpec narrowed = spec.withBlocks(narrow.stream().map(PackedLayout::block).toList());
    return new PackedDecoder(narrowed, group, embedding, narrow, finalNorm, head);
  }

  /** Tensors on disk: embedding, blocks, final norm, head. */
  public List<TensorSpec> tensors() {
    List<TensorSpec> tensors = new ArrayList<>(embedding.tensors());
    blocks.forEach(layout -> tensors.addAll(layout.tensors()));
    tensors.add(finalNorm.stored());
    tensors.addAll(head.tensors());
    return List.copyOf(tensors);
  }

  /** Bytes of all tensors. */
  public long bytes() {
    return tensors().stream().mapToLong(TensorSpec::bytes).sum();
  }
}
