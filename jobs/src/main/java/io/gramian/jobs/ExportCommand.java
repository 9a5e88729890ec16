package io.gramian.jobs;

import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.jobs.options.WidthOptions;
import io.gramian.model.export.Padding;
import io.gramian.spark.export.Export;
import io.gramian.spark.export.ExportFormat;
import io.gramian.spark.export.ExportRequest;
import io.gramian.spark.run.WidthRequest;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian export}. */
@Command(
    name = "export",
    description =
        "Writes the run's quantised model in a format that other runtimes read, each width a folder"
            + " of its own, RUN/exported/gguf-keep-1.0 and so on. The weights are the artifact's own"
            + " values and scales: nothing is rounded again. A width that the format cannot say is"
            + " refused with the reason, and with the widths that it can.")
final class ExportCommand extends SparkVerb {

  @Option(
      names = "--format",
      paramLabel = "NAME",
      required = true,
      description =
          "gguf: a file of Q4_0 tensors for llama.cpp and its kin; compressed-tensors: a folder for"
              + " transformers and vLLM.")
  private String format;

  @Mixin private WidthOptions widths;

  @Option(
      names = "--pad",
      description =
          "Write widths that the format cannot say as well, with zeros in the places of dropped"
              + " channels: the same model, in a larger file.")
  private boolean pad;

  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    WidthRequest request = widths.widths();
    ExportRequest.Manner how =
        new ExportRequest.Manner(ExportFormat.of(format), pad ? Padding.ZEROS : Padding.NONE);
    return at -> {
      String output = run.given().orElseGet(() -> run.output(ModelOptions.sample()));
      String model = at.modelOf(output);
      print(at.pipeline(model, output, run.existing()).export(how, request), at.out());
    };
  }

  private static void print(List<Export.Result> exports, PrintWriter out) {
    out.printf("%n%15s%n", "bytes");
    for (Export.Result export : exports) {
      out.printf(Locale.ROOT, "%,15d  %s%n", export.bytes(), export.folder().name());
      export.notes().forEach(note -> out.println("note: " + note));
    }
  }
}
