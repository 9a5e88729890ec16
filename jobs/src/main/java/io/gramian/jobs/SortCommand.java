package io.gramian.jobs;

import io.gramian.jobs.options.CriterionOptions;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.SortSummary;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.sort.Sort;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gramian sort}: the main job. */
@Command(
    name = "sort",
    description =
        "Ranks the prunable channels of every block, best first, and writes the orders to"
            + " RUN/rank-orders (Parquet) and the model in that order to RUN/sorted. At full width"
            + " the sorted model computes what the original does. Tokenizes and calibrates first"
            + " where the run lacks it, unless merge wrote its statistics.")
final class SortCommand extends CalibratedVerb<SortSummary> {

  @Mixin private CriterionOptions criteria;

  @Override
  void checkOptions() {
    criteria.settings();
  }

  @Override
  SortSummary onText(Pipeline pipeline, TextSource text) throws IOException {
    return pipeline.sort(text, criteria.settings());
  }

  @Override
  SortSummary onMerged(Pipeline pipeline) throws IOException {
    return pipeline.sort(criteria.settings());
  }

  @Override
  void print(SortSummary summary, String output, PrintWriter out) {
    double original = summary.original().perplexity();
    double sorted = summary.sorted().perplexity();
    out.printf(
        Locale.ROOT,
        "%n%,d rank orders from %,d calibration tokens%n"
            + "perplexity %.3f as it came, %.3f sorted (%+.3f %%, rounding of the stored weights;"
            + " %,d calibration tokens)%n%n"
            + "  %s/%s   one row a coupling group, Parquet%n"
            + "  %s/%s        the checkpoint, best channels first%n",
        summary.orders(),
        summary.tokens(),
        original,
        sorted,
        100 * (sorted / original - 1),
        summary.original().tokens(),
        output,
        Sort.RANK_ORDERS,
        output,
        Sort.SORTED);
    summary.leverage().ifPresent(leverage -> LeverageNotes.print(leverage, out));
  }
}
