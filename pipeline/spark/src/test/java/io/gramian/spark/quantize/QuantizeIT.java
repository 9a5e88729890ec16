package io.gramian.spark.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeIT {

  static final DeviceProfile PROFILE =
      new DeviceProfile("oracle", new Granularity(64, 8, 8, 2), 128);

  @TempDir private Path folder;

  @Test
  void trainedModelKeepsMostOfItsQuality() throws IOException {
    OracleRun run = OracleRun.of("llama-tiny");
    CalibrationSet set =
        CalibrationFolder.write(
            folder.resolve("calibration"), CalibrationFolder.oracle("calibration_ids"));
    CalibrationSet text =
        CalibrationFolder.write(folder.resolve("text"), CalibrationFolder.oracle("validation_ids"));
    for (Rounding rounding : Rounding.values()) {
      long start = System.nanoTime();
      new Quantize(TestSession.context(), ProgressListener.SILENT)
          .run(
              new QuantizeRequest(
                  run.folder(),
                  "sorted",
                  new QuantizeSettings(rounding, ScaleRule.SEARCHED, PROFILE),
                  new TreeMap<>(),
                  rounding.label()),
              ShardSet.of(set, 2));
      System.out.println("seconds " + (System.nanoTime() - start) * 1e-9);
      Evaluation packed =
          new Evaluate(TestSession.context(), ProgressListener.SILENT, Long.MAX_VALUE)
              .run(
                  Stage.whole("quantized", run.folder().resolve("quantized")),
                  ShardSet.of(text, 2));
      System.out.println(packed);
      assertThat(packed.perplexity()).isLessThan(1.07 * 16.62);
    }
  }
}
