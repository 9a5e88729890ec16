package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.KeptStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample calibrated as a phase of a run that keeps its hidden states. */
class CalibratePhaseIT {

  private static final Path DATA = Path.of(System.getProperty("gramian.root"), "calibration-data");

  @TempDir private Path folder;

  @Test
  void keptStatesAreOutputsOfThePhase() throws IOException {
    calibrate("kept", 32, KeptStates.FOR_GOOD);
    List<RunManifest.Output> outputs =
        RunManifest.read(CalibrationFolder.directory(folder.resolve("kept")))
            .orElseThrow()
            .phase("calibrate")
            .orElseThrow()
            .outputs();
    assertThat(outputs)
        .extracting(RunManifest.Output::file)
        .filteredOn(file -> !file.startsWith("statistics/"))
        .hasSize(6 * 2 * 2)
        .contains(
            "hidden-states/block-002/shard-00000.arrow",
            "hidden-states/block-012/shard-00001.arrow.sha256");
    assertThat(folder.resolve("kept/calibrating")).doesNotExist();
    assertThat(calibrate("kept", 32, KeptStates.FOR_GOOD).phases()).isEmpty();
    assertThat(calibrate("kept", 32, KeptStates.BETWEEN_WAVES).phases()).isEmpty();
  }

  @Test
  void statesThatWereNotKeptCannotBeHadAfterwards() throws IOException {
    calibrate("run", 1, KeptStates.BETWEEN_WAVES);
    assertThatThrownBy(() -> calibrate("run", 1, KeptStates.FOR_GOOD))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/run is calibrated already and its hidden states were not kept: give another"
                + " --output to keep them");
  }

  @Test
  void anotherTextIsRefusedByName() throws IOException {
    calibrate("run", 1, KeptStates.BETWEEN_WAVES);
    assertThatThrownBy(() -> calibrate("run", 2, KeptStates.BETWEEN_WAVES))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("holds the results of another tokenize (sequences was 1, is 2)");
  }

  private RecordedProgress calibrate(String name, int sequences, KeptStates kept)
      throws IOException {
    Run run =
        Run.open(
            TestSession.context(),
            CalibrationFolder.directory(folder.resolve(name)),
            List.of("calibrate"),
            ExistingOutputs.REFUSE);
    RecordedProgress progress = new RecordedProgress();
    TextSource text =
        new TextSource(
            DATA.resolve("text/public-domain.train.jsonl").toString(),
            "text",
            new TokenizeRequest.Cut(128, OptionalInt.of(sequences), Packing.PACK));
    new Pipeline(
            TestSession.get(),
            run,
            new PipelineSettings(DATA.resolve("llama-tiny").toString(), 1, 2),
            progress)
        .calibrate(text, kept);
    return progress;
  }
}
