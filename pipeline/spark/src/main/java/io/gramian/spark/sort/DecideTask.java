package io.gramian.spark.sort;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.sort.BlockDecider;
import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.util.LongAccumulator;

/** Decides the orders of one block from its statistics on disk, which it reads tile by tile. */
record DecideTask(
    HadoopDirectory model, HadoopDirectory statistics, SortCriteria criteria, LongAccumulator units)
    implements Function<ResidualBlock, BlockDecision> {

  private static final long serialVersionUID = 1L;

  @Override
  public BlockDecision call(ResidualBlock block) throws IOException {
    NativeRuntime.load();
    BlockDecider decider = new BlockDecider(criteria);
    try (OpenStatistics open =
            OpenStatistics.of(statistics, block.blockIndex(), decider.sites(block));
        Checkpoint checkpoint = Checkpoint.open(model);
        Weights weights = Weights.read(checkpoint, decider.tensors(block))) {
      BlockDecision decision = decider.decide(block, open.bySite(), weights);
      units.add(1);
      return decision;
    }
  }
}
