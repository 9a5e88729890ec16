package io.gramian.jobs;

import io.gramian.jobs.options.AllocationOptions;
import io.gramian.jobs.options.ProfileOptions;
import io.gramian.model.KeepRatio;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.allocation.BlockAllocation;
import io.gramian.spark.allocate.Allocate;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.TextSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian allocate}. */
@Command(
    name = "allocate",
    description =
        "Shares keep ratios of the whole model out over its blocks: those that change the residual"
            + " stream little give more. Writes the widths of every block to RUN/ratios, one JSON"
            + " file a ratio. Tokenizes and calibrates first where the run lacks it, unless merge"
            + " wrote its statistics.")
final class AllocateCommand extends CalibratedVerb<List<Allocation>> {

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "0.95,0.90,0.85,0.80,0.75,0.70,0.65",
      description =
          "Fractions of the blocks' parameters to keep, comma-separated (default:"
              + " ${DEFAULT-VALUE}).")
  private List<String> keep;

  @Mixin private AllocationOptions allocation;
  @Mixin private ProfileOptions profile;

  @Override
  void checkOptions() {
    request();
  }

  private AllocateRequest request() {
    return new AllocateRequest(
        keep.stream().map(KeepRatio::parse).toList(), allocation.rule(), profile.profile());
  }

  @Override
  List<Allocation> onText(Pipeline pipeline, TextSource text) throws IOException {
    return pipeline.allocate(text, request());
  }

  @Override
  List<Allocation> onMerged(Pipeline pipeline) throws IOException {
    return pipeline.allocate(request());
  }

  @Override
  void print(List<Allocation> allocations, String output, PrintWriter out) {
    out.printf("%n%8s %9s   %s%n", "keep", "achieved", "block ratios, least to most");
    for (Allocation allocation : allocations) {
      out.printf(
          Locale.ROOT,
          "%8s %9.4f   %s to %s%n",
          allocation.keepRatio().value(),
          allocation.achieved(),
          block(allocation, Comparator.naturalOrder()),
          block(allocation, Comparator.reverseOrder()));
    }
    out.printf(
        "%nachieved: parameters of the narrowed blocks over those of the blocks (without embedding"
            + " and head)%nin %s/%s%n",
        output, Allocate.RATIOS);
  }

  /** The first block by ratio, in words. */
  private static String block(Allocation allocation, Comparator<KeepRatio> order) {
    BlockAllocation first =
        allocation.blocks().stream()
            .min(Comparator.comparing(BlockAllocation::keepRatio, order))
            .orElseThrow();
    return String.format(
        Locale.ROOT,
        "%.3f (layer %d %s)",
        first.keepRatio().value(),
        first.layerIndex(),
        first.mixer());
  }
}
