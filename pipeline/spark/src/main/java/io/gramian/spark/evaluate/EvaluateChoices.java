package io.gramian.spark.evaluate;

import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Answers multiple-choice questions by the likelihood of each choice given the context. Cost: a
 * forward pass over context and choice for every choice.
 */
public final class EvaluateChoices {

  /** Name of the phase, and of the table's folder. */
  public static final String CHOICES = "choices";

  private final StageWalk walk;

  /**
   * Prepares evaluations.
   *
   * @param limits what an executor may hold at a time
   */
  public EvaluateChoices(JavaSparkContext spark, ProgressListener progress, WaveLimits limits) {
    this.walk = new StageWalk(spark, progress, limits);
  }

  /** Scores one checkpoint at one width. */
  public ChoiceEvaluation run(Stage stage, QuestionSet questions) throws IOException {
    StageWalk.Outcome<double[]> outcome = outcome(stage, questions);
    double[] scores = outcome.value();
    double all = questions.size();
    return new ChoiceEvaluation(
        stage.name(),
        stage.keepRatio().value(),
        questions.size(),
        questions.right(scores, QuestionSet.Normalisation.NONE) / all,
        questions.right(scores, QuestionSet.Normalisation.BYTES) / all,
        outcome.parameters(),
        stage.widths().allocation());
  }

  /** Log-likelihoods by sequence. */
  StageWalk.Outcome<double[]> outcome(Stage stage, QuestionSet questions) throws IOException {
    String name = CHOICES + " " + stage.name() + " " + RunWidths.name(stage.keepRatio());
    return walk.run(
        stage,
        name,
        questions.shards(),
        (decoder, units) ->
            decoder.logLikelihoods(questions.shards(), questions.firstScored(), units));
  }
}
