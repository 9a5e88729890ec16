package io.gramian.spark.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What 4 bits cost a trained model. */
class TrainedModelIT {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("oracle", new Granularity(64, 8, 8, 2), 128);

  /** Of the dense model, algorithms.md section 3. */
  private static final double DENSE = 16.62;

  @TempDir private Path folder;

  @Test
  void gptqLosesLittleAndLessThanRoundingToNearest() throws IOException {
    OracleRun run = OracleRun.of("llama-tiny");
    HadoopDirectory artifacts = run.folder();
    quantise(artifacts, Rounding.NEAREST);
    Evaluation nearest = evaluate(artifacts, KeepRatio.FULL);
    quantise(artifacts, Rounding.GPTQ);
    Evaluation gptq = evaluate(artifacts, KeepRatio.FULL);
    Evaluation narrow = evaluate(artifacts, new KeepRatio(0.85));
    assertThat(gptq.perplexity()).isLessThan(1.07 * DENSE).isLessThan(nearest.perplexity());
    assertThat(narrow.perplexity()).isGreaterThan(gptq.perplexity());
    assertThat(narrow.bytes()).isLessThan(gptq.bytes());
  }

  private void quantise(HadoopDirectory run, Rounding rounding) throws IOException {
    ShardSet shards =
        ShardSet.of(
            CalibrationFolder.write(
                folder.resolve("calibration"), CalibrationFolder.oracle("calibration_ids")),
            2);
    QuantizeSettings settings = new QuantizeSettings(rounding, ScaleRule.SEARCHED, PROFILE);
    new Quantize(TestSession.context(), ProgressListener.SILENT)
        .run(
            new QuantizeRequest(run, "sorted", settings, new TreeMap<>(), rounding.label()),
            shards);
    Quantize.forgetParts(run);
  }

  private Evaluation evaluate(HadoopDirectory run, KeepRatio ratio) throws IOException {
    HadoopDirectory artifact = run.resolve(Quantize.QUANTIZED);
    ShardSet text =
        ShardSet.of(
            CalibrationFolder.write(
                folder.resolve("text"), CalibrationFolder.oracle("validation_ids")),
            2);
    try (ModelCheckpoint model = ModelCheckpoint.open(artifact)) {
      RunWidths.Chosen widths =
          ratio.equals(KeepRatio.FULL)
              ? RunWidths.Chosen.WHOLE
              : new RunWidths(run, PROFILE.granularity()).of(model.spec(), ratio);
      return new Evaluate(
              TestSession.context(), ProgressListener.SILENT, WaveLimits.ofWeights(Long.MAX_VALUE))
          .run(new Stage(Quantize.QUANTIZED, artifact, ratio, widths), text);
    }
  }
}
