package io.gramian.model.family;

import io.gramian.model.DecoderSpec;
import io.gramian.model.NormSpec;
import io.gramian.model.ResidualBlock;
import java.util.List;

/**
 * What every decoder has around its mixers.
 *
 * @param family {@code model_type}
 * @param hidden {@code hidden_size}
 * @param vocabulary {@code vocab_size}
 * @param epsilon of every norm
 * @param tied {@code tie_word_embeddings}: the head reads the embedding's table
 */
record ResidualStream(String family, int hidden, int vocabulary, double epsilon, boolean tied) {

  private static final String HEAD = "lm_head.weight";

  /** Reads the sizes; {@code epsilon} has another key in every family. */
  static ResidualStream read(CheckedConfig config, double epsilon) {
    return new ResidualStream(
        config.file().requireString("model_type"),
        config.positive("hidden_size"),
        config.positive("vocab_size"),
        epsilon,
        config.file().booleanOr("tie_word_embeddings", false));
  }

  /** A norm of the stream. */
  NormSpec norm(String weight) {
    return new NormSpec(weight, hidden, epsilon);
  }

  /** The decoder of these blocks. */
  DecoderSpec decoder(String embedding, List<ResidualBlock> blocks, String finalNorm) {
    return new DecoderSpec(
        family, hidden, vocabulary, embedding, blocks, norm(finalNorm), tied ? embedding : HEAD);
  }
}
