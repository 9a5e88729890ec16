package io.gramian.spark.calibrate;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.forward.Site;
import io.gramian.compress.sort.BlockDecider;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.RankOrder;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.KeptStates;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The statistics of a model, calibrated and read back from disk. */
public record Statistics(HadoopDirectory model, HadoopDirectory folder) {

  /** Less than two layers of the small models: several waves. */
  private static final long WAVE_BYTES = 6L << 20;

  /** Calibrates {@code model} on {@code set} into {@code statistics/} of {@code run}. */
  public static Statistics calibrate(HadoopDirectory model, CalibrationSet set, HadoopDirectory run)
      throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      DecoderWalk walk =
          new DecoderWalk(
              TestSession.context(), model, checkpoint.spec(), WaveLimits.ofWeights(WAVE_BYTES));
      new Calibrate(TestSession.context(), ProgressListener.SILENT)
          .run(request(checkpoint.spec(), run), walk, ShardSet.of(set, 2));
    }
    return new Statistics(model, run.resolve(Calibrate.STATISTICS));
  }

  /** A calibration into {@code run} that keeps no hidden states. */
  public static CalibrateRequest request(DecoderSpec spec, HadoopDirectory run) {
    SortedMap<String, String> recipe = new TreeMap<>(Map.of("model", run.name()));
    return new CalibrateRequest(spec, run, recipe, KeptStates.BETWEEN_WAVES);
  }

  /** One statistic, from its file. */
  public Statistic read(int blockIndex, Site site) throws IOException {
    String name = new StatisticKey(blockIndex, site).fileName();
    try (SafetensorsFile file = SafetensorsFile.open(folder.open(name))) {
      return StatisticFile.read(file);
    }
  }

  /** The orders of a block, from the files. */
  public List<RankOrder> orders(ResidualBlock block, SortCriteria criteria) throws IOException {
    NativeRuntime.load();
    BlockDecider decider = new BlockDecider(criteria);
    Map<Site, Statistic> sites = new EnumMap<>(Site.class);
    for (Site site : decider.sites(block)) {
      sites.put(site, read(block.blockIndex(), site));
    }
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model);
        Weights weights = Weights.read(checkpoint.checkpoint(), decider.tensors(block))) {
      return decider.decide(block, sites, weights).orders();
    }
  }
}
