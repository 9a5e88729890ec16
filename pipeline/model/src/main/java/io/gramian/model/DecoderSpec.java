package io.gramian.model;

import java.io.Serializable;
import java.util.List;

/**
 * A decoder as data: embedding, a flat list of residual blocks, final norm, head.
 *
 * @param family Hugging Face's {@code model_type}
 * @param hiddenSize {@code h}, width of the residual stream
 * @param vocabularySize rows of the embedding and of the head
 * @param embedding name of the table {@code [vocabulary, h]}
 * @param blocks in the order of execution
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
  }

  /** Whether the head reads the embedding's table. */
  public boolean tied() {
    return head.equals(embedding);
  }
}
