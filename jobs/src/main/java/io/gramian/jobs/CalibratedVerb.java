package io.gramian.jobs;

import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.TextSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/**
 * A verb that goes on from statistics: those of a text, which it takes where the run lacks them, or
 * those that {@code merge} left in the run.
 *
 * @param <R> its result
 */
abstract class CalibratedVerb<R> extends SparkVerb {

  @Mixin private CalibrationOptions calibration;
  @Mixin private RunOptions run;

  /** Fails on options of the verb's own that cannot be, before Spark starts. */
  void checkOptions() {}

  /** Works on a text. */
  abstract R onText(Pipeline pipeline, TextSource text) throws IOException;

  /** Works on merged statistics. */
  abstract R onMerged(Pipeline pipeline) throws IOException;

  abstract void print(R result, String output, PrintWriter out);

  /** Whether statistics are merged shows when the run is there to be read. */
  @Override
  final Work prepare() {
    checkOptions();
    Optional<String> folder = run.given().filter(given -> calibration.isOmitted());
    if (folder.isEmpty()) {
      return onText();
    }
    return at -> (at.isMerged(folder.get()) ? onMerged(folder.get()) : onText()).run(at);
  }

  private Work onText() {
    String model = calibration.model();
    TextSource text = calibration.text();
    return at -> {
      String output = run.output(model);
      print(onText(at.pipeline(model, output, run.existing()), text), output, at.out());
    };
  }

  private Work onMerged(String output) {
    return at -> {
      Pipeline pipeline = at.pipeline(at.modelOf(output), output, run.existing());
      print(onMerged(pipeline), output, at.out());
    };
  }
}
