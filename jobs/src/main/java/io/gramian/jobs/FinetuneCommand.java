package io.gramian.jobs;

import io.gramian.jobs.options.CheckOptions;
import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.ProfileOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.jobs.options.TrainingOptions;
import io.gramian.jobs.options.TrainingTextOptions;
import io.gramian.spark.finetune.Finetune;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.finetune.TrainingHistory;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian finetune}. */
@Command(
    name = "finetune",
    description =
        "Trains low-rank adapters beside the run's sorted model, at another width each step, so that"
            + " one training serves all widths, and merges those that do best on held-out text:"
            + " RUN/finetuned, a checkpoint like RUN/sorted. Workers train at the same time, each on"
            + " its share of a batch; where one is lost, all go on from the last checkpoint.")
final class FinetuneCommand extends SparkVerb {

  @Mixin private TrainingTextOptions texts;
  @Mixin private TrainingOptions training;
  @Mixin private CheckOptions checks;

  @Option(
      names = "--workers",
      paramLabel = "COUNT",
      description =
          "Tasks that train at the same time; each holds the whole model (default: as many as Spark"
              + " runs at a time, or the next lower number that divides the batch).")
  private Optional<Integer> workers;

  @Mixin private ProfileOptions profile;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    FinetuneRequest request =
        new FinetuneRequest(
            training.settings(),
            checks.plan(),
            workers.map(OptionalInt::of).orElseGet(OptionalInt::empty),
            profile.profile().granularity());
    return at -> {
      String output = run.given().orElseGet(() -> run.output(ModelOptions.sample()));
      String model = at.modelOf(output);
      List<HeldOutLoss> losses =
          at.pipeline(model, output, run.existing())
              .finetune(texts.training(model), texts.heldOut(model), request);
      print(losses, output, at.out());
    };
  }

  private static void print(List<HeldOutLoss> losses, String output, PrintWriter out) {
    long best = TrainingHistory.bestOf(losses);
    List<HeldOutLoss> before = losses.stream().filter(loss -> loss.updates() == 0).toList();
    List<HeldOutLoss> after = losses.stream().filter(loss -> loss.updates() == best).toList();
    out.printf("%n%6s %24s %24s%n", "keep", "perplexity, sorted", "perplexity, fine-tuned");
    for (int i = 0; i < before.size(); i++) {
      out.printf(
          Locale.ROOT,
          "%6.2f %24.3f %24.3f%n",
          before.get(i).ratio().value(),
          before.get(i).perplexity(),
          after.get(i).perplexity());
    }
    out.printf(
        Locale.ROOT,
        "%nheld-out text of %,d predicted tokens; the adapters are those after %,d steps%nin %s/%s%n",
        before.get(0).tokens(),
        best,
        output,
        Finetune.FINETUNED);
  }
}
