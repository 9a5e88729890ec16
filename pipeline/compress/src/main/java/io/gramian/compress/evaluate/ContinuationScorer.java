package io.gramian.compress.evaluate;

import io.gramian.compress.forward.Head;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** How likely the end of a sequence is given its beginning. */
public final class ContinuationScorer {

  private final Head head;

  public ContinuationScorer(Head head) {
    this.head = head;
  }

  /**
   * {@code sum over t >= first of log p(token t | tokens before t)}, in nats; logits F32, the sum
   * F64.
   *
   * @param hidden {@code [T, h]}, after the last block
   * @param tokens of the sequence, without padding
   * @param first position of the first token that counts, at least 1
   * @throws ArithmeticException if the sum is not finite
   */
  public double logLikelihood(Tensor hidden, int[] tokens, int first) {
    double sum =
        Scopes.compute(
            () -> {
              int[] next = Arrays.copyOfRange(tokens, first, tokens.length);
              Tensor targets = Tensor.create(next).to(ScalarType.Long).unsqueeze(1);
              Tensor logits = head.apply(Tensors.range(hidden, 0, first - 1, tokens.length - 1));
              Tensor chosen = Tensors.toDouble(torch.gather(logits, 1, targets).squeeze(1L));
              return chosen.sub(Tensors.toDouble(logits.logsumexp(1L))).sum().item_double();
            });
    if (!Double.isFinite(sum)) {
      throw new ArithmeticException("a log-likelihood of " + sum);
    }
    return sum;
  }
}
