package io.gramian.compress.finetune;

import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.evaluate.NextTokenScorer;
import io.gramian.compress.forward.Adapter;
import io.gramian.compress.tensor.Scopes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * The loss of a batch at a width and what it asks of the adapters, in whatever type model and
 * adapters have.
 *
 * @param model that is adapted
 * @param dropout in training
 * @param scale of the adapters
 * @param graphBytes that kept graphs may take, by {@link GraphSize}; others are computed again
 */
record LossGradient(FrozenModel model, Dropout dropout, double scale, long graphBytes) {

  /** What a process has to spare: of a small model nothing is computed again. */
  private static final long GRAPH_BYTES = 256L << 20;

  LossGradient(FrozenModel model, Dropout dropout, double scale) {
    this(model, dropout, scale, GRAPH_BYTES);
  }

  /**
   * Adds the gradients of the summed loss to {@code sums}.
   *
   * @param values all adapters, flat
   * @param sums likewise
   * @return the summed loss in nats
   */
  double add(WidthSlice slice, TrainingBatch batch, long step, Tensor values, Tensor sums) {
    if (batch.size() == 0) {
      return 0;
    }
    return Scopes.compute(
        () -> {
          List<AdapterLeaf> leaves = slice.leaves(values);
          double loss = 0;
          for (MicroBatch part : MicroBatch.split(batch)) {
            loss += Scopes.compute(() -> backward(slice, leaves, part, step));
          }
          leaves.forEach(leaf -> leaf.addGradientsTo(sums));
          return loss;
        });
  }

  private double backward(WidthSlice slice, List<AdapterLeaf> leaves, MicroBatch part, long step) {
    slice.set(live(leaves, leaf -> mask(leaf.slice(), part, step)));
    GradientPass pass =
        new GradientPass(slice.forwards(), slice.affordableGraphs(part, graphBytes));
    Tensor hidden = pass.forward(embed(part));
    HeadLoss.Result result =
        new HeadLoss(model.head(), model.spec().vocabularySize()).of(hidden, part);
    pass.backward(result.gradient());
    return result.sum();
  }

  private Optional<Tensor> mask(AdapterSlice slice, MicroBatch part, long step) {
    return dropout.mask(slice.place().map().weight(), slice.columns(), step, part.places());
  }

  private Map<String, Adapter> live(
      List<AdapterLeaf> leaves, Function<AdapterLeaf, Optional<Tensor>> mask) {
    Map<String, Adapter> live = new HashMap<>();
    for (AdapterLeaf leaf : leaves) {
      live.put(leaf.slice().place().map().weight(), leaf.adapter(scale, mask.apply(leaf)));
    }
    return live;
  }

  private Tensor embed(MicroBatch part) {
    return model.embedding().apply(part.ids(), part.sequences(), part.positions());
  }

  /** Scores a batch without dropout. */
  NextTokenScore score(WidthSlice slice, TrainingBatch batch, Tensor values) {
    NextTokenScore score = new NextTokenScore();
    Scopes.compute(
        () -> {
          slice.set(live(slice.leaves(values), leaf -> Optional.empty()));
          for (MicroBatch part : MicroBatch.split(batch)) {
            Scopes.compute(() -> score.merge(score(slice, part)));
          }
          return null;
        });
    return score;
  }

  private NextTokenScore score(WidthSlice slice, MicroBatch part) {
    Tensor hidden = new GradientPass(slice.forwards()).last(embed(part));
    NextTokenScorer scorer = new NextTokenScorer(model.head());
    NextTokenScore score = new NextTokenScore();
    for (int i = 0; i < part.sequences(); i++) {
      int[] ids = part.tokens(i);
      score.merge(scorer.score(hidden.select(0, i), ids, ids.length));
    }
    return score;
  }
}
