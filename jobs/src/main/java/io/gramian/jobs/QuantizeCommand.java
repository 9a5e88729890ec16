package io.gramian.jobs;

import io.gramian.compress.quantize.Hadamard;
import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.ProfileOptions;
import io.gramian.jobs.options.QuantizeOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.model.store.Quantisation;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian quantize}. */
@Command(
    name = "quantize",
    description =
        "Rounds the run's fine-tuned model, or its sorted one where it has no other, to 4 bits,"
            + " embedding and head included: RUN/quantized, an artifact of which every width is a"
            + " prefix. Rounds block by block, with the activations that reach a block through"
            + " those before it as rounded. The same command goes on where it was interrupted.")
final class QuantizeCommand extends SparkVerb {

  @Mixin private QuantizeOptions quantisation;

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "sorted or finetuned (default: finetuned where the run has it).")
  private Optional<String> stage;

  @Mixin private ProfileOptions profile;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    QuantizeSettings settings = quantisation.settings(profile.profile());
    return at -> {
      String output = run.given().orElseGet(() -> run.output(ModelOptions.sample()));
      String model = at.modelOf(output);
      print(at.pipeline(model, output, run.existing()).quantize(stage, settings), at.out());
    };
  }

  private static void print(HadoopDirectory folder, PrintWriter out) throws IOException {
    try (PackedCheckpoint artifact = PackedCheckpoint.open(folder)) {
      DecoderSpec spec = artifact.dense();
      Quantisation how = artifact.quantisation();
      long bytes = artifact.decoder().bytes();
      out.printf(
          Locale.ROOT,
          "%n%,d bytes in 4 bits, %.2f times less than in BF16 (embedding and head included)%n",
          bytes,
          2.0 * spec.parameterCount() / bytes);
      if (how.method().rotation().equals("none")) {
        out.println("warning: " + Hadamard.missing(spec.hiddenSize()));
      }
      how.recoveries().forEach(recovery -> out.println("warning: " + warning(recovery)));
      out.printf("%nin %s%n", folder.name());
    }
  }

  private static String warning(Quantisation.Recovery recovery) {
    return String.format(
        Locale.ROOT,
        "%s: %d channels that no token reached, damping %s",
        recovery.input(),
        recovery.deadChannels().size(),
        recovery.damping());
  }
}
