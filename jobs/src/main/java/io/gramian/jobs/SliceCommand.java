package io.gramian.jobs;

import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.jobs.options.WidthOptions;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.run.WidthRequest;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian slice}. */
@Command(
    name = "slice",
    description =
        "Cuts the run's fine-tuned model, or its sorted one where it has no other, to the given"
            + " widths and writes each as a checkpoint of its own, RUN/sliced/keep-0.85 and so on. Its"
            + " gramian.json says how wide each block is, and evaluate --model reads it back. Of the"
            + " quantised model it takes prefixes and rounds nothing again.")
final class SliceCommand extends SparkVerb {

  @Mixin private WidthOptions widths;

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description =
          "sorted, finetuned or quantized (default: finetuned where the run has it, else sorted).")
  private Optional<String> stage;

  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    WidthRequest request = widths.widths();
    return at -> {
      String output = run.given().orElseGet(() -> run.output(ModelOptions.sample()));
      String model = at.modelOf(output);
      print(at.pipeline(model, output, run.existing()).slice(request, stage), at.out());
    };
  }

  private static void print(List<HadoopDirectory> slices, PrintWriter out) throws IOException {
    out.printf("%n%13s %15s%n", "parameters", "bytes");
    for (HadoopDirectory slice : slices) {
      try (ModelCheckpoint model = ModelCheckpoint.open(slice)) {
        long bytes =
            model.checkpoint().tensorNames().stream()
                .mapToLong(name -> model.checkpoint().info(name).bytes())
                .sum();
        out.printf(
            Locale.ROOT, "%,13d %,15d  %s%n", model.spec().parameterCount(), bytes, slice.name());
      }
    }
  }
}
