package io.gramian.jobs;

import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.CalibrationSet;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gramian tokenize}. */
@Command(
    name = "tokenize",
    description =
        "Turns a text into the calibration set: sequences of the model's tokens, written to"
            + " RUN/calibration as Parquet.")
final class TokenizeCommand extends SparkVerb {

  @Mixin private CalibrationOptions calibration;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    String model = calibration.model();
    TextSource text = calibration.text();
    return at -> {
      CalibrationSet set = at.pipeline(model, run.output(model), run.existing()).tokenize(text);
      at.out()
          .printf(
              Locale.ROOT,
              "%,d sequences with %,d tokens in %s%n",
              set.sequences(),
              set.tokens(),
              set.path());
    };
  }
}
