package io.gramian.spark.report;

import java.util.OptionalLong;

/**
 * How well one model of the run predicts held-out text.
 *
 * @param curve what it is compared as: a stage, or a set of criteria
 * @param kind where it comes from
 * @param allocation how widths were given to blocks, for example {@code uniform}; empty if the
 *     table does not say
 * @param keepRatio in (0, 1]
 * @param quality what it scored
 * @param size how large it is
 */
record Score(
    String curve, Kind kind, String allocation, double keepRatio, Quality quality, Size size) {

  /** Where a score comes from. */
  enum Kind {
    /** The model as it came. */
    DENSE,
    /** A stage of the run, stored. */
    STAGE,
    /** The artifact, in 4 bits. */
    ARTIFACT,
    /** Cut in memory to compare criteria. */
    ABLATION
  }

  /**
   * The scores.
   *
   * @param tokens predictions scored
   * @param loss nats a token
   * @param perplexity {@code exp(loss)}
   * @param top1 fraction of tokens whose likeliest prediction was right
   */
  record Quality(long tokens, double loss, double perplexity, double top1) {}

  /**
   * The sizes, as far as the table says.
   *
   * @param parameters elements of all tensors
   * @param stored tensor bytes in the stage's own data type
   */
  record Size(OptionalLong parameters, OptionalLong stored) {

    /** Bytes that the weights take in BF16, two a parameter. */
    OptionalLong bf16() {
      return parameters.isPresent()
          ? OptionalLong.of(2 * parameters.getAsLong())
          : OptionalLong.empty();
    }
  }
}
