package io.gramian.jobs;

import io.gramian.jobs.options.CalibrationOptions;
import io.gramian.jobs.options.ModelOptions;
import io.gramian.jobs.options.RunOptions;
import io.gramian.spark.tokenize.Tokenize;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.tokenize.TokenizeResult;
import java.io.PrintWriter;
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

  @Mixin private ModelOptions model;
  @Mixin private CalibrationOptions calibration;
  @Mixin private RunOptions run;

  @Override
  Work prepare() {
    TokenizeRequest request = calibration.request(model, run);
    return at -> print(new Tokenize(at.session(), at.progress()).run(request), at.out());
  }

  private static void print(TokenizeResult result, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%,d documents became %,d sequences with %,d tokens in %s%n",
        result.documents(),
        result.sequences(),
        result.tokens(),
        result.path());
  }
}
