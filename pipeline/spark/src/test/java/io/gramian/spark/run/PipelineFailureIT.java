package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.FailureCategory;
import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.TestData;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.EditedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model that overflows halfway: what is done stays, what is half done goes. */
class PipelineFailureIT {

  private static final Path TEXT =
      Path.of(
          System.getProperty("gramian.root"), "calibration-data/text/public-domain.train.jsonl");

  @TempDir private Path folder;

  @BeforeEach
  void damagedModel() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(TestData.folder("llama-tiny"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
    EditedCheckpoint.scale(model, "model.layers.3.mlp.up_proj.weight", 1e38f);
  }

  @Test
  void onlyFinishedPhasesRemain() throws IOException {
    assertThatThrownBy(this::sort)
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("block 7 (layer 3): the down-input activations overflow");
    try (Stream<Path> left = Files.list(folder.resolve("run"))) {
      assertThat(left.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("calibration", "manifest.json");
    }
    RunManifest manifest = RunManifest.read(directory("run")).orElseThrow();
    assertThat(manifest.failure()).isEqualTo(FailureCategory.USER_ERROR);
    assertThat(manifest.phases()).extracting(RunManifest.Phase::name).containsExactly("tokenize");
  }

  private void sort() throws IOException {
    Run run =
        Run.open(TestSession.context(), directory("run"), List.of("sort"), ExistingOutputs.REFUSE);
    PipelineSettings settings =
        new PipelineSettings(directory("model").path().toString(), 8L << 20, 2);
    TokenizeRequest.Cut cut = new TokenizeRequest.Cut(128, OptionalInt.of(13), Packing.PACK);
    new Pipeline(TestSession.get(), run, settings, ProgressListener.SILENT)
        .sort(new TextSource(TEXT.toString(), "text", cut), SortCriteria.DEFAULT);
  }

  private HadoopDirectory directory(String name) {
    return CalibrationFolder.directory(folder.resolve(name));
  }
}
