package io.gramian.jobs;

import io.gramian.jobs.options.ProfileOptions;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.packed.PackedSizes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian sizes}: needs neither weights nor Spark. */
@Command(
    name = "sizes",
    description =
        "Prints how large a model is in BF16 and in 4 bits at several widths, embedding and head"
            + " included, from its config.json alone; every block at the same keep ratio.")
final class SizesCommand extends ConfigVerb {

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "1.0,0.85,0.75,0.65",
      description = "Keep ratios, comma-separated (default: ${DEFAULT-VALUE}).")
  private List<String> keep;

  @Mixin private ProfileOptions profile;

  @Override
  public Integer call() {
    DecoderSpec decoder = decoder();
    print(decoder, profile.profile(), out());
    return Failure.DONE;
  }

  private void print(DecoderSpec decoder, DeviceProfile device, PrintWriter out) {
    long dense = PackedSizes.bf16(decoder);
    out.printf(Locale.ROOT, "%n%s, %,d parameters%n", decoder.family(), decoder.parameterCount());
    out.printf("%n%-10s %6s %17s %8s%n", "weights", "keep", "bytes", "smaller");
    print(out, "dense BF16", KeepRatio.FULL, dense, dense);
    for (String ratio : keep) {
      KeepRatio width = KeepRatio.parse(ratio);
      print(out, "4 bits", width, PackedSizes.at(decoder, width, device), dense);
    }
  }

  private static void print(
      PrintWriter out, String weights, KeepRatio width, long bytes, long dense) {
    out.printf(
        Locale.ROOT,
        "%-10s %6.2f %,17d %7.2fx%n",
        weights,
        width.value(),
        bytes,
        (double) dense / bytes);
  }
}
