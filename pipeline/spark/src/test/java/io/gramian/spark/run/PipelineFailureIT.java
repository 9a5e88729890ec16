package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.FailureCategory;
import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.TestData;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.EditedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that overflows halfway: finished phases stay, and so do finished waves. */
class PipelineFailureIT {

  private static final Path TEXT =
      Path.of(
          System.getProperty("gramian.root"), "calibration-data/text/public-domain.train.jsonl");

  /** Less than a layer of the model. */
  private static final long ONE_LAYER = 1;

  @TempDir private Path folder;

  @BeforeEach
  void damagedModel() throws IOException {
    soundModel();
    EditedCheckpoint.scale(folder.resolve("model"), "model.layers.3.mlp.up_proj.weight", 1e38f);
  }

  private void soundModel() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    try (Stream<Path> files = Files.list(TestData.folder("llama-tiny"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void onlyWhatIsFinishedRemains() throws IOException {
    assertOverflow(ONE_LAYER);
    assertThat(left()).containsExactlyInAnyOrder("calibration", "calibrating", "manifest.json");
    assertThat(folder.resolve("run/calibrating/wave-002.json")).exists();
    assertThat(folder.resolve("run/calibrating/wave-003.json")).doesNotExist();
    RunManifest manifest = RunManifest.read(directory("run")).orElseThrow();
    assertThat(manifest.failure()).isEqualTo(FailureCategory.USER_ERROR);
    assertThat(manifest.phases()).extracting(RunManifest.Phase::name).containsExactly("tokenize");
  }

  @Test
  void withoutAFinishedWaveNothingRemainsOfIt() throws IOException {
    assertOverflow(Long.MAX_VALUE);
    assertThat(left()).containsExactlyInAnyOrder("calibration", "manifest.json");
  }

  @Test
  void anotherModelDoesNotGoOnUnasked() throws IOException {
    assertOverflow(ONE_LAYER);
    String before = Files.readString(folder.resolve("run/calibrating/fingerprint"));
    soundModel();
    assertThatThrownBy(() -> calibrate(ONE_LAYER, ExistingOutputs.REFUSE))
        .isInstanceOf(UserException.class)
        .hasMessageMatching(
            "\\Q"
                + folder
                + "/run holds an unfinished calibrate of other inputs (model was \\E[0-9a-f]{12},"
                + " is [0-9a-f]{12}\\): give another --output, or --overwrite to start afresh");
    assertThat(folder.resolve("run/calibrating/fingerprint")).hasContent(before);
    RecordedProgress progress = calibrate(ONE_LAYER, ExistingOutputs.REPLACE);
    assertThat(progress.details()).isEmpty();
    assertThat(left()).containsExactlyInAnyOrder("calibration", "statistics", "manifest.json");
  }

  private List<String> left() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("run"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private void assertOverflow(long waveBytes) {
    assertThatThrownBy(() -> calibrate(waveBytes, ExistingOutputs.REFUSE))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("block 7 (layer 3): the down-input activations overflow");
  }

  private RecordedProgress calibrate(long waveBytes, ExistingOutputs policy) throws IOException {
    RecordedProgress progress = new RecordedProgress();
    Run run = Run.open(TestSession.context(), directory("run"), List.of("calibrate"), policy);
    PipelineSettings settings =
        new PipelineSettings(directory("model").path().toString(), waveBytes, 2);
    TokenizeRequest.Cut cut = new TokenizeRequest.Cut(128, OptionalInt.of(13), Packing.PACK);
    new Pipeline(TestSession.get(), run, settings, progress)
        .calibrate(new TextSource(TEXT.toString(), "text", cut));
    return progress;
  }

  private HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }
}
