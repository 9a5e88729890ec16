package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Which positions of a padded batch {@code [B, T]} are real: the first {@code lengths[b]} of row
 * {@code b}. Padding never enters a sum.
 */
public final class TokenMask {

  private final int[] lengths;
  private final int positions;
  private final int[] real;

  /**
   * A mask for rows of {@code positions}.
   *
   * @throws IllegalArgumentException if a row is longer than that, or less than empty
   */
  public TokenMask(int[] lengths, int positions) {
    this.lengths = lengths.clone();
    this.positions = positions;
    for (int row = 0; row < lengths.length; row++) {
      if (lengths[row] < 0 || lengths[row] > positions) {
        throw new IllegalArgumentException(
            "row " + row + " has " + lengths[row] + " tokens in " + positions + " positions");
      }
    }
    this.real = new int[Arrays.stream(lengths).sum()];
    int at = 0;
    for (int row = 0; row < lengths.length; row++) {
      for (int i = 0; i < lengths[row]; i++) {
        real[at++] = row * positions + i;
      }
    }
  }

  /** Real tokens in the batch. */
  public int tokenCount() {
    return real.length;
  }

  /** {@code [B, T, n]} to {@code [tokens, n]}. */
  Tensor tokens(Tensor x) {
    Tensor flat = x.reshape(-1, x.size(-1));
    return real.length == lengths.length * positions ? flat : Tensors.take(flat, 0, real);
  }

  /** {@code [B, T]}, F32: 1 for real tokens, 0 for padding. */
  Tensor weights() {
    float[] weights = new float[lengths.length * positions];
    for (int at : real) {
      weights[at] = 1;
    }
    return Tensor.create(weights, lengths.length, positions);
  }

  /** A site's activation with tokens first: {@code [tokens, n]} or {@code [tokens, H, d]}. */
  Tensor tokensFirst(Site site, Tensor activation) {
    return switch (site) {
      case QUERY, KEY, VALUE, STATE_KEY, STATE_QUERY -> {
        long heads = activation.size(1);
        Tensor merged = tokens(activation.transpose(1, 2).reshape(lengths.length, positions, -1));
        yield merged.view(real.length, heads, -1);
      }
      default -> tokens(activation);
    };
  }
}
