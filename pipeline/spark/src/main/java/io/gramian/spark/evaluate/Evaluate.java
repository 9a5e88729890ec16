package io.gramian.spark.evaluate;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;

/** Scores a checkpoint's next-token predictions on a tokenised text. */
public final class Evaluate {

  /** Name of the phase. */
  public static final String PHASE = "evaluate";

  public static final String EVALUATION = "evaluation";

  private final StageWalk walk;

  /**
   * Prepares evaluations.
   *
   * @param limits what an executor may hold at a time
   */
  public Evaluate(JavaSparkContext spark, ProgressListener progress, WaveLimits limits) {
    this.walk = new StageWalk(spark, progress, limits);
  }

  /**
   * Scores one checkpoint at one width.
   *
   * @throws UserException if no sequence has a token to predict
   */
  public Evaluation run(Stage stage, ShardSet shards) throws IOException {
    String width = RunWidths.name(stage.keepRatio());
    String name = PHASE + " " + stage.name() + " " + width;
    StageWalk.Outcome<NextTokenScore> outcome =
        walk.run(stage, name, shards, (decoder, units) -> decoder.score(shards, units));
    requirePredictions(outcome.value(), shards);
    return Evaluation.of(stage, outcome);
  }

  private static void requirePredictions(NextTokenScore score, ShardSet shards) {
    if (score.tokens() == 0) {
      throw new UserException(
          "nothing to evaluate: no sequence of the "
              + shards.tokens()
              + " tokens has a next token to predict; give a longer text");
    }
  }
}
