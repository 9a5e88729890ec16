package io.gramian.jobs;

import io.gramian.jobs.options.AllocationOptions;
import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.CompressTrainingOptions;
import io.gramian.jobs.options.CriterionOptions;
import io.gramian.jobs.options.HeldOutOptions;
import io.gramian.jobs.options.ProfileOptions;
import io.gramian.jobs.options.QuantizeOptions;
import io.gramian.jobs.options.RecipeOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.finetune.Finetune;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.plan.Phase;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.quantize.Rounding;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.Reporting;
import io.gramian.spark.run.SortSummary;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.run.WidthRequest;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortSettings;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian compress}: everything. */
@Command(
    name = "compress",
    description =
        "Takes a model from text to artifact in one run: tokenizes, calibrates, sorts, shares the"
            + " widths out over the blocks, fine-tunes if the recipe asks for it, rounds to 4 bits,"
            + " scores every width on held-out text and draws the report. What the run holds"
            + " already is not done again. At the end it prints what each width costs and saves.")
final class CompressCommand extends SparkVerb {

  /** Read before the others are parsed, since it holds their defaults. */
  @Mixin private RecipeOptions recipe;

  @Mixin private CalibrationOptions calibration;
  @Mixin private HeldOutOptions heldOut;
  @Mixin private CriterionOptions criteria;

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "1.0,0.85,0.75,0.65",
      description =
          "Keep ratios to allocate, to note in the artifact and to score, comma-separated (default:"
              + " ${DEFAULT-VALUE}).")
  private List<String> keep;

  @Mixin private AllocationOptions allocation;
  @Mixin private ProfileOptions profile;
  @Mixin private CompressTrainingOptions training;
  @Mixin private QuantizeOptions quantisation;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    String model = calibration.model();
    TextSource text = calibration.text();
    TextSource scored = heldOut.text(model, calibration.cut());
    DeviceProfile device = profile.profile();
    WidthRequest widths =
        new WidthRequest(keep.stream().map(KeepRatio::parse).toList(), device.granularity());
    Plan plan =
        new Plan(
            text,
            criteria.settings(),
            scored,
            widths,
            new AllocateRequest(narrow(widths), allocation.rule(), device),
            training.isWanted()
                ? Optional.of(training.request(device.granularity()))
                : Optional.empty(),
            quantisation.settings(device));
    return at -> {
      String output = run.output(model);
      compress(plan, at.pipeline(model, output, run.existing()), output, at);
    };
  }

  private static List<KeepRatio> narrow(WidthRequest widths) {
    return widths.keepRatios().stream().filter(ratio -> !ratio.equals(KeepRatio.FULL)).toList();
  }

  /** What was asked for, checked. */
  private record Plan(
      TextSource text,
      SortSettings sorting,
      TextSource scored,
      WidthRequest widths,
      AllocateRequest allocation,
      Optional<FinetuneRequest> finetuning,
      QuantizeSettings quantisation) {}

  /** Those that come hours after the first, and need more. */
  private static Phase[] laterPhases(Plan plan) {
    List<Phase> phases = new ArrayList<>();
    if (plan.finetuning().isPresent()) {
      phases.add(Phase.FINETUNE);
    }
    if (plan.quantisation().rounding() == Rounding.GPTQ) {
      phases.add(Phase.QUANTIZE);
    }
    return phases.toArray(Phase[]::new);
  }

  private void compress(Plan plan, Pipeline pipeline, String output, Workplace at)
      throws IOException {
    pipeline.requireMemory(plan.text().cut().sequenceLength(), laterPhases(plan));
    SortSummary sorted = pipeline.sort(plan.text(), plan.sorting());
    if (!plan.allocation().keepRatios().isEmpty()) {
      pipeline.allocate(plan.text(), plan.allocation());
    }
    String stage = Sort.SORTED;
    if (plan.finetuning().isPresent()) {
      pipeline.finetune(
          training.training(plan.text()), training.heldOut(plan.scored()), plan.finetuning().get());
      stage = Finetune.FINETUNED;
    }
    HadoopDirectory artifact = pipeline.quantize(Optional.of(stage), plan.quantisation());
    CompressTable table = new CompressTable(pipeline.evaluate(plan.scored(), plan.widths()));
    HadoopDirectory folder =
        HadoopDirectory.of(output, at.session().sparkContext().hadoopConfiguration());
    String report = Reporting.run(at.session(), folder);
    table.print(at.out());
    sorted.leverage().ifPresent(leverage -> LeverageNotes.print(leverage, at.out()));
    try (PackedCheckpoint packed = PackedCheckpoint.open(artifact)) {
      ArtifactNotes.print(packed, at.out());
    }
    at.out()
        .printf(
            "%nrecipe    %s%nartifact  %s%nreport    %s%n",
            recipe.recipe(), artifact.name(), report);
  }
}
