package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A site's activation of one forward pass as rows, a token each, without padding: for methods that
 * want to see the activations themselves. Takes {@code 4 n} bytes of heap a token.
 */
public final class InputRows implements SiteRecorder {

  private final Site site;
  private final TokenMask mask;
  private final List<float[]> rows = new ArrayList<>();

  /**
   * Waits for an activation.
   *
   * @param site one of those with shape {@code [B, T, n]}
   * @param mask of the pass
   */
  public InputRows(Site site, TokenMask mask) {
    this.site = site;
    this.mask = mask;
  }

  @Override
  public void record(Site recorded, Tensor activation) {
    if (recorded != site) {
      return;
    }
    float[] all = Scopes.compute(() -> Tensors.floats(mask.tokens(activation)));
    int size = all.length / mask.tokenCount();
    for (int from = 0; from < all.length; from += size) {
      rows.add(Arrays.copyOfRange(all, from, from + size));
    }
  }

  @Override
  public Optional<Tensor> countedTokens() {
    return Optional.empty();
  }

  @Override
  public void recordSums(Site recorded, Tensor sums) {}

  /** The rows {@code [n]}, in the order of the tokens. */
  public List<float[]> rows() {
    return List.copyOf(rows);
  }
}
