package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.jobs.options.WidthOptions;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.run.Run;
import io.gramian.spark.run.WidthRequest;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gramian slice}. */
@Command(
    name = "slice",
    description =
        "Cuts the run's sorted model to the given widths and writes each as a checkpoint of its"
            + " own, RUN/sliced/keep-0.85 and so on. Its gramian.json says how wide each block is,"
            + " and evaluate --model reads it back.")
final class SliceCommand extends SparkVerb {

  @Mixin private WidthOptions widths;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    WidthRequest request = widths.widths();
    return at -> {
      Configuration hadoop = at.session().sparkContext().hadoopConfiguration();
      String output = run.given().orElseGet(() -> run.output(ModelOptions.sample()));
      String model =
          Run.modelOf(HadoopDirectory.of(output, hadoop))
              .orElseThrow(
                  () ->
                      new UserException(
                          output + " holds no run: run sort with that --output first"));
      print(at.pipeline(model, output, run.existing()).slice(request), at.out());
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
