package io.gramian.spark.sort;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.sort.BlockDecider;
import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.Ranking;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.session.Permits;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Decides the orders of one block from its statistics on disk, which it reads tile by tile, or from
 * scores that are given.
 */
record DecideTask(
    HadoopDirectory model, HadoopDirectory statistics, Shared shared, LongAccumulator units)
    implements Function<ResidualBlock, BlockDecision> {

  private static final long serialVersionUID = 1L;

  /**
   * What the tasks of an executor share.
   *
   * @param permits how many of them may hold a block's matrices
   */
  record Shared(Broadcast<Ranking> ranking, Broadcast<Permits> permits) implements Serializable {

    private static final long serialVersionUID = 1L;
  }

  @Override
  public BlockDecision call(ResidualBlock block) throws Exception {
    Ranking ranking = shared.ranking().value();
    BlockDecision decision =
        ranking.mlp().covers(block)
            ? ranking.mlp().decide(block)
            : shared.permits().value().during(() -> decide(block, ranking.criteria()));
    units.add(1);
    return decision;
  }

  private BlockDecision decide(ResidualBlock block, SortCriteria criteria) throws IOException {
    NativeRuntime.load();
    BlockDecider decider = new BlockDecider(criteria);
    try (OpenStatistics open =
            OpenStatistics.of(statistics, block.blockIndex(), decider.sites(block));
        Checkpoint checkpoint = Checkpoint.open(model);
        Weights weights = Weights.read(checkpoint, decider.tensors(block))) {
      return decider.decide(block, open.bySite(), weights);
    }
  }
}
