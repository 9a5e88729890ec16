package io.gramian.spark.finetune;

import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.finetune.Trainer;
import io.gramian.compress.finetune.TrainingBatch;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.KeepRatio;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import scala.Tuple2;

/** Scores the adapters on held-out text: every worker its share, the sums over all of them. */
final class HeldOutCheck {

  private final List<TrainingBatch> share;
  private final List<KeepRatio> ratios;

  /**
   * Keeps a worker's share in memory, 4 bytes a token.
   *
   * @param microBatch sequences that are computed at once
   */
  HeldOutCheck(Iterator<Tuple2<Long, int[]>> share, int microBatch, List<KeepRatio> ratios) {
    List<int[]> sequences = new ArrayList<>();
    share.forEachRemaining(entry -> sequences.add(entry._2()));
    this.share = new ArrayList<>();
    for (int from = 0; from < sequences.size(); from += microBatch) {
      int to = Math.min(sequences.size(), from + microBatch);
      this.share.add(TrainingBatch.of(sequences.subList(from, to)));
    }
    this.ratios = ratios;
  }

  /** The loss at every width, the same on all workers; all of them have to call. */
  List<HeldOutLoss> run(Trainer trainer, Peers peers, long updates) {
    double[] sums = new double[2 * ratios.size()];
    for (int i = 0; i < ratios.size(); i++) {
      NextTokenScore score = score(trainer, ratios.get(i));
      sums[2 * i] = score.tokens() == 0 ? 0 : score.loss() * score.tokens();
      sums[2 * i + 1] = score.tokens();
    }
    return losses(summed(sums, peers), updates);
  }

  private NextTokenScore score(Trainer trainer, KeepRatio ratio) {
    NextTokenScore sum = new NextTokenScore();
    share.forEach(batch -> sum.merge(trainer.score(batch, ratio)));
    return sum;
  }

  private List<HeldOutLoss> losses(double[] sums, long updates) {
    List<HeldOutLoss> losses = new ArrayList<>();
    for (int i = 0; i < ratios.size(); i++) {
      double tokens = sums[2 * i + 1];
      losses.add(new HeldOutLoss(updates, ratios.get(i), sums[2 * i] / tokens, (long) tokens));
    }
    return losses;
  }

  private static double[] summed(double[] sums, Peers peers) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = Tensor.create(sums);
      peers.sum(tensor);
      return Tensors.doubles(tensor);
    }
  }
}
