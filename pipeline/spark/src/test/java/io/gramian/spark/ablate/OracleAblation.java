package io.gramian.spark.ablate;

import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ablations on the tokens of algorithms.md section 3, with its rounding.
 *
 * @param folder for the tokens
 */
record OracleAblation(Path folder) {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("oracle", new Granularity(64, 8, 8, 2), 128);

  /** Every combination of the comma-separated sets and ratios with the allocations. */
  List<Ablation> of(String name, String sets, String ratios, List<WidthChoice> allocations)
      throws IOException {
    OracleRun run = OracleRun.of(name);
    CalibrationSet text =
        CalibrationFolder.write(folder, CalibrationFolder.oracle("validation_ids"));
    AblateRequest request =
        new AblateRequest(
            Stream.of(sets.split(",")).map(NamedCriteria::parse).toList(),
            Stream.of(ratios.split(",")).map(KeepRatio::parse).toList(),
            PROFILE,
            allocations);
    try (ModelCheckpoint model = ModelCheckpoint.open(run.model())) {
      DecoderWalk walk =
          new DecoderWalk(
              TestSession.context(),
              run.model(),
              model.spec(),
              WaveLimits.ofWeights(Long.MAX_VALUE));
      return new Ablate(
              TestSession.context(),
              ProgressListener.SILENT,
              run.model(),
              run.statistics().folder())
          .run(request, model.spec(), walk, ShardSet.of(text, 2));
    }
  }
}
