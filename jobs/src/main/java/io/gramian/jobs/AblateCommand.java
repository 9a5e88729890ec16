package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import io.gramian.jobs.options.AllocationOptions;
import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.HeldOutOptions;
import io.gramian.jobs.options.ProfileOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.InfluenceScope;
import io.gramian.spark.ablate.Ablate;
import io.gramian.spark.ablate.AblateRequest;
import io.gramian.spark.ablate.Ablation;
import io.gramian.spark.ablate.NamedCriteria;
import io.gramian.spark.ablate.WidthChoice;
import io.gramian.spark.run.TextSource;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian ablate}. */
@Command(
    name = "ablate",
    description =
        "Compares ways to rank the channels: perplexity on a held-out text for every set of"
            + " criteria, every allocation and every width, from one calibration, written to RUN/ablation (Parquet)"
            + " and printed. No narrower model is stored.")
final class AblateCommand extends SparkVerb {

  @Mixin private CalibrationOptions calibration;
  @Mixin private HeldOutOptions heldOut;

  @Option(
      names = "--criteria",
      paramLabel = "SET",
      split = ",",
      defaultValue = "default,paper",
      description =
          "Sets to compare, comma-separated: default, paper, or either with changes such as"
              + " paper+z-x-out=output-error (default: ${DEFAULT-VALUE}). Couplings: mlp,"
              + " value-output, b-c, z-x-out.")
  private List<String> criteria;

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "0.95,0.85,0.75,0.65",
      description = "Keep ratios, comma-separated (default: ${DEFAULT-VALUE}).")
  private List<String> keep;

  @Option(
      names = "--allocation",
      paramLabel = "HOW",
      split = ",",
      defaultValue = "off,on",
      description =
          "off: every block at the same ratio; on: by influence, as --per says; layer or block: by"
              + " that influence. Comma-separated (default: ${DEFAULT-VALUE}).")
  private List<String> allocations;

  @Mixin private AllocationOptions allocation;
  @Mixin private ProfileOptions profile;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    String model = calibration.model();
    TextSource text = calibration.text();
    TextSource scored = heldOut.text(model, calibration.cut());
    AblateRequest request =
        new AblateRequest(
            criteria.stream().map(NamedCriteria::parse).toList(),
            keep.stream().map(KeepRatio::parse).toList(),
            profile.profile(),
            allocations.stream().map(this::widths).distinct().toList());
    return at -> {
      String output = run.output(model);
      List<Ablation> rows =
          at.pipeline(model, output, run.existing()).ablate(text, scored, request);
      print(rows, output, at.out());
    };
  }

  private WidthChoice widths(String how) {
    AllocationRule rule = allocation.rule();
    return switch (how.strip()) {
      case "off" -> new WidthChoice.Uniform();
      case "on" -> new WidthChoice.ByInfluence(rule);
      default -> new WidthChoice.ByInfluence(rule.per(scope(how)));
    };
  }

  private static InfluenceScope scope(String how) {
    return InfluenceScope.ofLabel(how.strip())
        .orElseThrow(
            () ->
                new UserException(
                    "--allocation '" + how + "' is not one of off, on, layer, block"));
  }

  private static void print(List<Ablation> rows, String output, PrintWriter out) {
    int width = rows.stream().mapToInt(row -> row.set().name().length()).max().orElse(0);
    String head = "%n%-" + width + "s %-15s %6s %13s %8s %11s %8s%n";
    String line = "%-" + width + "s %-15s %6.2f %,13d %8.4f %11.3f %8.4f%n";
    out.printf(head, "criteria", "allocation", "keep", "parameters", "loss", "perplexity", "top-1");
    for (Ablation row : rows) {
      out.printf(
          Locale.ROOT,
          line,
          row.set().name(),
          row.allocation(),
          row.keepRatio(),
          row.parameters(),
          row.loss(),
          row.perplexity(),
          row.top1Accuracy());
    }
    out.printf("%nin %s/%s%n", output, Ablate.ABLATION);
  }
}
