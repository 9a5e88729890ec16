package io.gramian.compress.evaluate;

import io.gramian.compress.forward.Head;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Scores the predictions that a decoder's last hidden states make of the next token.
 *
 * <p>Logits are formed for a few hundred positions at a time: for a vocabulary of 128 thousand a
 * whole batch of them would be gigabytes.
 */
public final class NextTokenScorer {

  private static final int ROWS = 256;

  private final Head head;

  public NextTokenScorer(Head head) {
    this.head = head;
  }

  /**
   * Scores one sequence.
   *
   * @param hidden {@code [T, h]}, after the last block
   * @param ids its tokens; position {@code t} predicts {@code ids[t + 1]}
   * @param length real tokens; {@code length - 1} predictions are scored
   */
  public NextTokenScore score(Tensor hidden, int[] ids, int length) {
    NextTokenScore score = new NextTokenScore();
    for (int from = 0; from < length - 1; from += ROWS) {
      int to = Math.min(from + ROWS, length - 1);
      addRows(score, hidden, ids, from, to);
    }
    return score;
  }

  private void addRows(NextTokenScore score, Tensor hidden, int[] ids, int from, int to) {
    Scopes.compute(
        () -> {
          int[] next = java.util.Arrays.copyOfRange(ids, from + 1, to + 1);
          Tensor targets = Tensor.create(next).to(ScalarType.Long);
          Tensor logits = head.apply(Tensors.range(hidden, 0, from, to));
          Tensor chosen = torch.gather(logits, 1, targets.unsqueeze(1)).squeeze(1L);
          Tensor losses = Tensors.toDouble(logits.logsumexp(1L)).sub(Tensors.toDouble(chosen));
          Tensor best = logits.argmax(new LongOptional(1), false);
          long hits = best.eq(targets).sum().item_long();
          score.add(losses.sum().item_double(), to - from, hits);
          return null;
        });
  }
}
