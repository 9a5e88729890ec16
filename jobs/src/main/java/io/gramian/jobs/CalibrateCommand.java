package io.gramian.jobs;

import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.KeptStates;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gramian calibrate}. */
@Command(
    name = "calibrate",
    description =
        "Passes the calibration set through the model and sums up what every channel contributes,"
            + " written to RUN/statistics, one file a block and site. Tokenizes first where the"
            + " run has no calibration set yet. Goes on behind the last finished blocks if it was"
            + " killed.")
final class CalibrateCommand extends SparkVerb {

  @Mixin private CalibrationOptions calibration;
  @Mixin private RunOptions run;

  @Option(
      names = "--keep-hidden-states",
      description =
          "Keep the hidden states of every token in RUN/hidden-states/block-NNN, one Arrow file a"
              + " group of sequences: what goes into block NNN (the final norm, if there is none),"
              + " for as many blocks as the memory makes it stop at, and behind the last. 4 bytes"
              + " a channel and token each; notebooks and pyarrow read them.")
  private boolean keepHiddenStates;

  @Override
  Work prepare() {
    String model = calibration.model();
    TextSource text = calibration.text();
    KeptStates kept = keepHiddenStates ? KeptStates.FOR_GOOD : KeptStates.BETWEEN_WAVES;
    return at -> {
      String output = run.output(model);
      CalibrationSet set = at.pipeline(model, output, run.existing()).calibrate(text, kept);
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
