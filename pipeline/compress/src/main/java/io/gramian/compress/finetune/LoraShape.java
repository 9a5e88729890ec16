package io.gramian.compress.finetune;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Locale;

/**
 * The adapters beside every linear map: {@code (alpha / rank) drop(x) A' B'}, {@code A [rank, in]},
 * {@code B [out, rank]}.
 *
 * @param rank columns of {@code B}, at least 1
 * @param alpha scale times rank, positive
 * @param dropout fraction of input channels that a sequence drops in training, [0, 1)
 */
public record LoraShape(int rank, double alpha, double dropout) implements Serializable {

  /** Rank 8, alpha 16, dropout 0.05. */
  public static final LoraShape DEFAULT = new LoraShape(8, 16, 0.05);

  /** Refuses what is out of range. */
  public LoraShape {
    if (rank < 1) {
      throw new UserException(
          String.format(Locale.ROOT, "LoRA rank %d is less than 1: give for example 8", rank));
    }
    if (!(alpha > 0 && Double.isFinite(alpha))) {
      throw new UserException(
          String.format(Locale.ROOT, "LoRA alpha %s is not positive: give for example 16", alpha));
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new UserException(
          String.format(
              Locale.ROOT, "LoRA dropout %s is outside [0, 1): give for example 0.05", dropout));
    }
  }

  /** {@code alpha / rank}. */
  public double scale() {
    return alpha / rank;
  }
}
