package io.gramian.jobs;

import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.spark.run.Reporting;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gramian report}. */
@Command(
    name = "report",
    description =
        "Draws what a run holds: one HTML file, RUN/report.html, that opens without a network."
            + " Dense against compressed, quality and memory against width, importance of the"
            + " blocks, score spectra, and how the run was made. What the run lacks is left out.")
final class ReportCommand extends SparkVerb {

  @Option(
      names = "--output",
      paramLabel = "RUN",
      description = "Folder of the run (default: that of the sample, runs/llama-tiny).")
  private Optional<String> output;

  @Override
  Work prepare() {
    String folder = output.orElseGet(() -> RunOptions.folderOf(ModelOptions.sample()));
    return at -> {
      HadoopDirectory run =
          HadoopDirectory.of(folder, at.session().sparkContext().hadoopConfiguration());
      at.out().printf("report in %s%n", Reporting.run(at.session(), run));
    };
  }
}
