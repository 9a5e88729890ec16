package io.gramian.compress.finetune;

import io.gramian.compress.forward.Head;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Summed cross-entropy of the next tokens and its gradient with respect to the last hidden states:
 * {@code sum -log softmax(head(x_t))[target_t]}; with respect to the logits it is {@code softmax -
 * onehot}.
 *
 * <p>Logits are formed for a few rows at a time and turned into their gradient in place. Costs
 * {@code 4 h v} operations a token and some 12 bytes a logit of a chunk, at most {@link #ELEMENTS}
 * of them.
 */
final class HeadLoss {

  /** Logits formed at once: larger allocations go back to the system and cost a page fault each. */
  private static final int ELEMENTS = 1 << 21;

  private static final int MOST_ROWS = 512;

  private final Head head;
  private final int rows;

  HeadLoss(Head head, int vocabulary) {
    this.head = head;
    this.rows = Math.max(1, Math.min(MOST_ROWS, ELEMENTS / vocabulary));
  }

  /**
   * What a batch gave.
   *
   * @param sum of the losses, in nats
   * @param gradient with respect to the hidden states, {@code [B, T, h]}
   */
  record Result(double sum, Tensor gradient) {}

  /**
   * The loss of a batch; the gradient belongs to the enclosing scope.
   *
   * @param hidden {@code [B, T, h]}, after the last block
   */
  Result of(Tensor hidden, MicroBatch batch) {
    Tensor flat = hidden.detach().flatten(0, 1);
    Tensor gradient = torch.zeros_like(flat);
    int[] predictors = batch.predictors();
    int[] targets = batch.targets();
    double sum = 0;
    for (int from = 0; from < predictors.length; from += rows) {
      int to = Math.min(from + rows, predictors.length);
      Tensor at = Tensor.create(Arrays.copyOfRange(predictors, from, to)).to(ScalarType.Long);
      int[] next = Arrays.copyOfRange(targets, from, to);
      sum += Scopes.compute(() -> addRows(flat, gradient, at, next));
    }
    return new Result(sum, gradient.view_as(hidden));
  }

  private double addRows(Tensor flat, Tensor gradient, Tensor at, int[] next) {
    Tensor x = flat.index_select(0, at).requires_grad_(true);
    Tensor targets = Tensor.create(next).to(ScalarType.Long).unsqueeze(1);
    Tensor logits = head.apply(x);
    Tensor logarithms = torch.log_softmax(logits.detach(), 1);
    double sum = -Tensors.toDouble(torch.gather(logarithms, 1, targets)).sum().item_double();
    Tensor p = logarithms.exp_();
    Tensors.backward(logits, p.scatter_add_(1, targets, minusOnes(p, targets)));
    gradient.index_copy_(0, at, x.grad());
    return sum;
  }

  private static Tensor minusOnes(Tensor like, Tensor targets) {
    return Tensors.like(torch.full_like(targets, new Scalar(-1.0)), like);
  }
}
