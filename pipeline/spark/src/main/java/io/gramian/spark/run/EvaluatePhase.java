package io.gramian.spark.run;

import io.gramian.spark.evaluate.ChoiceEvaluation;
import io.gramian.spark.evaluate.ChoiceTable;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.EvaluateChoices;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.EvaluationTable;
import io.gramian.spark.evaluate.QuestionSet;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Scoring the stages of a run as a phase of it. */
final class EvaluatePhase {

  private final PhaseTools tools;
  private final RunStages stages;
  private final PhaseInputs inputs;

  /** For the run that {@code stages} are of. */
  EvaluatePhase(PhaseTools tools, RunStages stages, PhaseInputs inputs) {
    this.tools = tools;
    this.stages = stages;
    this.inputs = inputs;
  }

  private HadoopDirectory folder() {
    return stages.run().directory();
  }

  /** Every stage of the run on a text, at every width: {@code evaluation/}. */
  List<Evaluation> onText(Texts texts, TextSource text, WidthRequest widths) throws IOException {
    List<Stage> scored = stages.at(widths);
    ShardSet shards =
        ShardSet.of(
            texts.tokenize(inputs.tokenize(Texts.EVALUATION, text), text),
            tools.settings().parallelism());
    stages
        .run()
        .phase(
            inputs.evaluate(Texts.EVALUATION, widths),
            () -> write(scored, shards, Evaluate.EVALUATION));
    return EvaluationTable.read(tools.session(), folder().resolve(Evaluate.EVALUATION));
  }

  /** Scores stages into a table of the run; returns its folder. */
  List<String> write(List<Stage> scored, ShardSet shards, String table) throws IOException {
    Evaluate evaluate = new Evaluate(tools.spark(), tools.progress(), tools.memory().waves());
    List<Evaluation> scores = new ArrayList<>();
    for (Stage stage : scored) {
      scores.add(evaluate.run(stage, shards));
    }
    EvaluationTable.write(tools.session(), scores, folder(), table);
    return List.of(table);
  }

  /** Multiple-choice questions put to every stage of the run, at every width: {@code choices/}. */
  List<ChoiceEvaluation> onChoices(String file, WidthRequest widths) throws IOException {
    List<Stage> scored = stages.at(widths);
    QuestionSet questions =
        QuestionSet.read(tools.spark(), file, stages.model(), tools.settings().parallelism());
    stages.run().phase(inputs.choices(file, widths), () -> write(scored, questions));
    return ChoiceTable.read(tools.session(), folder().resolve(EvaluateChoices.CHOICES));
  }

  private List<String> write(List<Stage> scored, QuestionSet questions) throws IOException {
    EvaluateChoices evaluate =
        new EvaluateChoices(tools.spark(), tools.progress(), tools.memory().waves());
    List<ChoiceEvaluation> scores = new ArrayList<>();
    for (Stage stage : scored) {
      scores.add(evaluate.run(stage, questions));
    }
    ChoiceTable.write(tools.session(), scores, folder(), EvaluateChoices.CHOICES);
    return List.of(EvaluateChoices.CHOICES);
  }
}
