package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.Weight;
import io.gramian.jobs.options.RunOptions;
import io.gramian.jobs.options.WeightedRun;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.run.MergeSummary;
import io.gramian.spark.run.RunMix;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian merge}. */
@Command(
    name = "merge",
    description =
        "Adds the statistics of several runs of one model up, each on a text of its own, to those"
            + " of one run on all of it, and takes others away again, without a forward pass."
            + " Weights make a mix: each token counts that often. sort and allocate with the same"
            + " --output, and neither --model nor --calibration, go on from there.")
final class MergeCommand extends SparkVerb {

  @Option(
      names = "--add",
      paramLabel = "RUN[=WEIGHT]",
      description =
          "A run that calibrate or merge wrote, and how often its tokens count: a decimal number of"
              + " at most nine digits (default: 1). Once for each run.")
  private List<String> added = new ArrayList<>();

  @Option(
      names = "--subtract",
      paramLabel = "RUN",
      description = "A run over part of the text that the others saw. May be repeated.")
  private List<String> subtracted = new ArrayList<>();

  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    List<WeightedRun> runs = added.stream().map(WeightedRun::parse).toList();
    String output =
        run.given()
            .orElseThrow(
                () -> new UserException("merge writes a new run: give its folder as --output"));
    if (runs.isEmpty()) {
      throw RunMix.nothingToAdd();
    }
    return at -> {
      RunMix mix = mix(runs, at.session().sparkContext().hadoopConfiguration());
      print(mix, at.merge(mix, output, run.existing()), at.out());
      at.out()
          .printf(
              "in %s/%s; sort and allocate with --output %s go on from there%n",
              output, Calibrate.STATISTICS, output);
    };
  }

  private RunMix mix(List<WeightedRun> runs, Configuration hadoop) {
    return new RunMix(
        runs.stream()
            .map(part -> new RunMix.Part(HadoopDirectory.of(part.run(), hadoop), part.weight()))
            .toList(),
        subtracted.stream().map(folder -> HadoopDirectory.of(folder, hadoop)).toList());
  }

  /** Shares are of what the added runs count together. */
  private static void print(RunMix mix, MergeSummary summary, PrintWriter out) {
    double all = 0;
    for (int i = 0; i < mix.added().size(); i++) {
      all += counted(mix, summary, i);
    }
    out.printf("%n%15s %11s %7s%n", "tokens", "weight", "share");
    for (int i = 0; i < mix.added().size(); i++) {
      RunMix.Part part = mix.added().get(i);
      double share = 100 * counted(mix, summary, i) / all;
      line(out, summary.added().get(i), part.weight().toString(), share, part.run().name());
    }
    for (int i = 0; i < mix.subtracted().size(); i++) {
      line(
          out,
          -summary.subtracted().get(i),
          Weight.ONE.toString(),
          -100 * summary.subtracted().get(i) / all,
          mix.subtracted().get(i).name());
    }
    out.printf(Locale.ROOT, "%nstatistics that count %,d tokens%n", summary.tokens());
  }

  private static double counted(RunMix mix, MergeSummary summary, int i) {
    Weight weight = mix.added().get(i).weight();
    return (double) summary.added().get(i) * weight.numerator() / weight.denominator();
  }

  private static void line(PrintWriter out, long tokens, String weight, double share, String run) {
    out.printf(Locale.ROOT, "%,15d %11s %6.1f%%  %s%n", tokens, weight, share, run);
  }
}
