package io.gramian.spark.leverage;

import io.gramian.compress.sort.LeverageEstimate;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.SortedMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Scores the channels of every MLP by ridge leverage without their Gram matrix, and keeps the
 * scores in a run.
 *
 * <p>Cost: one walk through the blocks, and {@code 2 k} to {@code 10 k} passes over each MLP.
 */
public final class Leverage {

  /** Name of the phase. */
  public static final String PHASE = "leverage";

  public static final String LEVERAGE = "leverage";

  private static final String SCRATCH = "leverage.scratch";

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final LeverageRequest request;

  /** Prepares it. */
  public Leverage(SparkSession session, ProgressListener progress, LeverageRequest request) {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.progress = progress;
    this.request = request;
  }

  /**
   * Checks, before any work, that the model's MLPs have room for that many singular values.
   *
   * @throws io.gramian.checkpoint.UserException if one has not, or there is no MLP
   */
  public void validate() throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(request.model())) {
      walk(checkpoint.spec());
    }
  }

  private MlpLeverage walk(DecoderSpec spec) {
    return new MlpLeverage(spark, progress, spec, request.singularValues());
  }

  /**
   * Writes {@code leverage/} into the run, whole or not at all.
   *
   * @throws io.gramian.checkpoint.UserException if a token is not in the vocabulary, an activation
   *     overflows, or no token reaches an MLP
   */
  public void run(ShardSet shards) throws IOException {
    HadoopDirectory run = request.run();
    run.delete(SCRATCH);
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(request.model());
        JobPhase phase =
            JobPhase.begin(spark, PHASE, request.singularValues() + " singular values an MLP")) {
      LeverageTable.write(session, estimates(walk(checkpoint.spec()), shards), run);
    } finally {
      run.delete(SCRATCH);
    }
  }

  private SortedMap<Integer, LeverageEstimate> estimates(MlpLeverage walk, ShardSet shards) {
    try (TaskProgress done = TaskProgress.start(spark, progress, PHASE, walk.units(shards))) {
      return walk.run(request.model(), shards, request.run().resolve(SCRATCH), done.units());
    }
  }

  /** What {@link #run} wrote, by block index. */
  public SortedMap<Integer, LeverageEstimate> read() {
    return LeverageTable.read(session, request.run());
  }
}
