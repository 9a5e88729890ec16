package io.gramian.jobs;

import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.CalibrationSet;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gramian calibrate}. */
@Command(
    name = "calibrate",
    description =
        "Passes the calibration set through the model and sums up what every channel contributes,"
            + " written to RUN/statistics, one file a block and site. Tokenizes first where the"
            + " run has no calibration set yet.")
final class CalibrateCommand extends SparkVerb {

  @Mixin private CalibrationOptions calibration;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    String model = calibration.model();
    TextSource text = calibration.text();
    return at -> {
      String output = run.output(model);
      CalibrationSet set = at.pipeline(model, output, run.existing()).calibrate(text);
      at.out()
          .printf(
              Locale.ROOT,
              "statistics of %,d tokens in %s/%s%n",
              set.tokens(),
              output,
              Calibrate.STATISTICS);
    };
  }
}
