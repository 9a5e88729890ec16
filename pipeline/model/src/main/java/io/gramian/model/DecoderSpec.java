package io.gramian.model;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A decoder as data: embedding, a flat list of residual blocks, final norm, head.
 *
 * @param family Hugging Face's {@code model_type}
 * @param hiddenSize {@code h}, width of the residual stream
 * @param vocabularySize rows of the embedding and of the head
 * @param embedding name of the table {@code [vocabulary, h]}
 * @param blocks in the order of execution; the position of a block is its {@code blockIndex}
 * @param finalNorm before the head
 * @param head name of {@code [vocabulary, h]}; the embedding's where they are tied
 */
public record DecoderSpec(
    String family,
    int hiddenSize,
    int vocabularySize,
    String embedding,
    List<ResidualBlock> blocks,
    NormSpec finalNorm,
    String head)
    implements Serializable {

  public DecoderSpec {
    blocks = List.copyOf(blocks);
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).blockIndex() != i) {
        throw new IllegalArgumentException(
            "block " + blocks.get(i).blockIndex() + " stands at position " + i);
      }
    }
  }

  /** Whether the head reads the embedding's table. */
  public boolean tied() {
    return head.equals(embedding);
  }

  /** Every tensor the decoder needs, each once: embedding, blocks, final norm, untied head. */
  public List<TensorShape> tensors() {
    List<TensorShape> tensors = new ArrayList<>();
    tensors.add(embeddingTensor());
    blocks.forEach(block -> tensors.addAll(block.tensors()));
    tensors.add(finalNorm.tensor());
    if (!tied()) {
      tensors.add(headTensor());
    }
    return List.copyOf(tensors);
  }

  /** The table that looks tokens up. */
  public TensorShape embeddingTensor() {
    return TensorShape.of(embedding, vocabularySize, hiddenSize);
  }

  /** The table that scores tokens: the embedding's where they are tied. */
  public TensorShape headTensor() {
    return TensorShape.of(head, vocabularySize, hiddenSize);
  }

  /** Elements of all its tensors; a tied table counts once. */
  public long parameterCount() {
    return tensors().stream().mapToLong(TensorShape::elements).sum();
  }

  /** The same decoder with other blocks. */
  public DecoderSpec withBlocks(List<ResidualBlock> others) {
    return new DecoderSpec(family, hiddenSize, vocabularySize, embedding, others, finalNorm, head);
  }
}
