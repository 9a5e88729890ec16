package io.gramian.spark.evaluate;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;

/** Scores a checkpoint's next-token predictions on a tokenised text. */
public final class Evaluate {

  /** Name of the phase. */
  public static final String PHASE = "evaluate";

  public static final String EVALUATION = "evaluation";

  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final long waveBytes;

  /**
   * Prepares evaluations.
   *
   * @param waveBytes weights that a process may hold at a time, F32
   */
  public Evaluate(JavaSparkContext spark, ProgressListener progress, long waveBytes) {
    this.spark = spark;
    this.progress = progress;
    this.waveBytes = waveBytes;
  }

  /**
   * Scores one checkpoint.
   *
   * @param stage its name in the table
   * @throws UserException if no sequence has a token to predict
   */
  public Evaluation run(String stage, HadoopDirectory folder, ShardSet shards) throws IOException {
    try (ModelCheckpoint model = ModelCheckpoint.open(folder)) {
      model.validate();
      DecoderWalk walk = new DecoderWalk(spark, folder, model.spec(), waveBytes);
      String name = PHASE + " " + stage;
      try (JobPhase phase = JobPhase.begin(spark, name, folder.name());
          TaskProgress blocks =
              TaskProgress.start(spark, progress, phase.name(), walk.units(shards))) {
        NextTokenScore score = walk.score(shards, blocks.units());
        requirePredictions(score, shards);
        return Evaluation.of(stage, score, tensorBytes(model));
      }
    }
  }

  private static void requirePredictions(NextTokenScore score, ShardSet shards) {
    if (score.tokens() == 0) {
      throw new UserException(
          "nothing to evaluate: no sequence of the "
              + shards.tokens()
              + " tokens has a next token to predict; give a longer text");
    }
  }

  private static long tensorBytes(ModelCheckpoint model) {
    return model.checkpoint().tensorNames().stream()
        .mapToLong(name -> model.checkpoint().info(name).bytes())
        .sum();
  }
}
