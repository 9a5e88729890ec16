package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.finetune.Trainer;
import io.gramian.compress.finetune.TrainingBatch;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.KeepRatio;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import scala.Tuple2;

/** Scores the adapters on held-out text: every worker its share, the sums over all of them. */
final class HeldOutCheck {

  private final TrainingBatch share;
  private final List<KeepRatio> ratios;

  /** Keeps a worker's share in memory, 4 bytes a token. */
  HeldOutCheck(Iterator<Tuple2<Long, int[]>> share, List<KeepRatio> ratios) {
    List<int[]> sequences = new ArrayList<>();
    share.forEachRemaining(entry -> sequences.add(entry._2()));
    this.share = TrainingBatch.of(sequences);
    this.ratios = ratios;
  }

  /**
   * The loss at every width, the same on all workers; all of them have to call.
   *
   * @throws UserException if one is not finite; then all workers throw it
   */
  List<HeldOutLoss> run(Trainer trainer, Peers peers, long updates) {
    double[] sums = new double[2 * ratios.size()];
    for (int i = 0; i < ratios.size(); i++) {
      sums[2 * i] = lossSum(trainer, ratios.get(i));
      sums[2 * i + 1] = share.predictions();
    }
    return losses(summed(sums, peers), updates);
  }

  /** Not a number where the logits are none: the others must not wait for this worker in vain. */
  private double lossSum(Trainer trainer, KeepRatio ratio) {
    try {
      NextTokenScore score = trainer.score(share, ratio);
      return score.tokens() == 0 ? 0 : score.loss() * score.tokens();
    } catch (ArithmeticException e) {
      return Double.NaN;
    }
  }

  private List<HeldOutLoss> losses(double[] sums, long updates) {
    List<HeldOutLoss> losses = new ArrayList<>();
    for (int i = 0; i < ratios.size(); i++) {
      double tokens = sums[2 * i + 1];
      double loss = sums[2 * i] / tokens;
      if (!Double.isFinite(loss)) {
        throw diverged(ratios.get(i), updates);
      }
      losses.add(new HeldOutLoss(updates, ratios.get(i), loss, (long) tokens));
    }
    return losses;
  }

  private static UserException diverged(KeepRatio ratio, long updates) {
    return new UserException(
        String.format(
            Locale.ROOT,
            "after %d steps the held-out loss at keep ratio %s is not finite: %s",
            updates,
            ratio.value(),
            updates == 0
                ? "the sorted checkpoint is damaged, or the width too narrow for it"
                : "lower --learning-rate"));
  }

  private static double[] summed(double[] sums, Peers peers) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensor.create(sums);
      peers.sum(tensor);
      return Tensors.doubles(tensor);
    }
  }
}
