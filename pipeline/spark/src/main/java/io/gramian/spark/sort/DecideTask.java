package io.gramian.spark.sort;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.forward.Site;
import io.gramian.compress.sort.BlockDecider;
import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.Ranking;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/** Decides the orders of one block from its statistics on disk, or from scores that are given. */
record DecideTask(
    HadoopDirectory model,
    HadoopDirectory statistics,
    Broadcast<Ranking> ranking,
    LongAccumulator units)
    implements Function<ResidualBlock, BlockDecision> {

  private static final long serialVersionUID = 1L;

  @Override
  public BlockDecision call(ResidualBlock block) throws IOException {
    Ranking shared = ranking.value();
    if (shared.mlp().covers(block)) {
      units.add(1);
      return shared.mlp().decide(block);
    }
    NativeRuntime.load();
    BlockDecider decider = new BlockDecider(shared.criteria());
    Map<Site, Statistic> read = new EnumMap<>(Site.class);
    for (Site site : decider.sites(block)) {
      read.put(site, read(new StatisticKey(block.blockIndex(), site)));
    }
    try (Checkpoint checkpoint = Checkpoint.open(model);
        Weights weights = Weights.read(checkpoint, decider.tensors(block))) {
      BlockDecision decision = decider.decide(block, read, weights);
      units.add(1);
      return decision;
    }
  }

  private Statistic read(StatisticKey key) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(statistics.open(key.fileName()))) {
      return StatisticFile.read(file);
    }
  }
}
