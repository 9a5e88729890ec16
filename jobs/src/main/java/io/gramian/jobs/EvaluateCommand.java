package io.gramian.jobs;

import io.gramian.jobs.options.EvaluationOptions;
import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.jobs.options.WidthOptions;
import io.gramian.spark.evaluate.ChoiceEvaluation;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.EvaluateChoices;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.Run;
import io.gramian.spark.run.WidthRequest;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian evaluate}. */
@Command(
    name = "evaluate",
    description =
        "Scores how well the model, and the run's sorted, fine-tuned and quantised models where there"
            + " are any, predict the next token of a held-out text, these at every width of --keep: loss,"
            + " perplexity and top-1 accuracy, written to RUN/evaluation (Parquet) and printed."
            + " No narrower model is stored.")
final class EvaluateCommand extends SparkVerb {

  @Mixin private EvaluationOptions evaluation;
  @Mixin private WidthOptions widths;

  @Option(
      names = "--choices",
      paramLabel = "FILE",
      description =
          "Multiple-choice questions to answer instead, by the likelihood of each choice: JSON lines"
              + " {\"context\": text, \"choices\": [text, ...], \"answer\": index}, a choice being"
              + " joined to its context as it is. Written to RUN/choices (Parquet).")
  private Optional<String> choices;

  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    WidthRequest request = widths.widths();
    return at -> {
      String model = model(at.session().sparkContext().hadoopConfiguration());
      String output = run.output(model);
      Pipeline pipeline = at.pipeline(model, output, run.existing());
      if (choices.isPresent()) {
        printChoices(pipeline.choices(choices.get(), request), output, at.out());
      } else {
        print(pipeline.evaluate(evaluation.text(model), request), output, at.out());
      }
    };
  }

  /** The model that was given, else the run's, else the sample's. */
  private String model(Configuration hadoop) {
    Optional<String> ofRun =
        run.given().flatMap(folder -> Run.modelOf(HadoopDirectory.of(folder, hadoop)));
    return evaluation.givenModel().or(() -> ofRun).orElseGet(ModelOptions::sample);
  }

  private static void print(List<Evaluation> stages, String output, PrintWriter out) {
    out.printf(
        "%n%-10s %6s %-9s %12s %8s %11s %8s %13s %15s%n",
        "stage", "keep", "widths", "tokens", "loss", "perplexity", "top-1", "parameters", "bytes");
    for (Evaluation stage : stages) {
      out.printf(
          Locale.ROOT,
          "%-10s %6.2f %-9s %,12d %8.4f %11.3f %8.4f %,13d %,15d%n",
          stage.stage(),
          stage.keepRatio(),
          stage.allocation(),
          stage.tokens(),
          stage.loss(),
          stage.perplexity(),
          stage.top1Accuracy(),
          stage.parameters(),
          stage.bytes());
    }
    out.printf("%nin %s/%s%n", output, Evaluate.EVALUATION);
    out.printf(Locale.ROOT, "perplexity %.6f%n", Evaluation.widest(stages).perplexity());
  }

  private static void printChoices(List<ChoiceEvaluation> stages, String output, PrintWriter out) {
    out.printf(
        "%n%-10s %6s %-9s %9s %8s %10s %13s%n",
        "stage", "keep", "widths", "questions", "accuracy", "normalised", "parameters");
    for (ChoiceEvaluation stage : stages) {
      out.printf(
          Locale.ROOT,
          "%-10s %6.2f %-9s %,9d %8.4f %10.4f %,13d%n",
          stage.stage(),
          stage.keepRatio(),
          stage.allocation(),
          stage.questions(),
          stage.accuracy(),
          stage.normalisedAccuracy(),
          stage.parameters());
    }
    out.printf("%nin %s/%s%n", output, EvaluateChoices.CHOICES);
  }
}
