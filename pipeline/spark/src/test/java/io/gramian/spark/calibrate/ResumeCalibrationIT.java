package io.gramian.spark.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.wave.EditedCheckpoint;
import io.gramian.spark.wave.KeptStates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A calibration that ends in its third layer of three, because that overflows, goes on with a model
 * whose third layer is sound.
 */
class ResumeCalibrationIT {

  private static final String CONFIG = "llamaMultiQuery";
  private static final int BLOCKS = 6;
  private static final Calibrations.How BY_LAYER = Calibrations.How.of(Calibrations.ONE_LAYER, 2);

  @TempDir private static Path folder;

  private static Calibrations calibrations;
  private static Map<String, String> undisturbed;

  private String run;

  @BeforeAll
  static void models() throws IOException {
    EditedCheckpoint.scaled(folder.resolve("sound"), CONFIG, "", 1);
    EditedCheckpoint.scaled(
        folder.resolve("broken"), CONFIG, "model.layers.2.mlp.up_proj.weight", 1e38f);
    calibrations = Calibrations.in(folder);
    calibrations.calibrate("sound", "undisturbed", BY_LAYER);
    undisturbed = calibrations.files("undisturbed/statistics");
  }

  @BeforeEach
  void twoLayersAreFinished(TestInfo test) {
    run = test.getTestMethod().orElseThrow().getName();
    interrupt(BY_LAYER);
  }

  private void interrupt(Calibrations.How how) {
    assertThatThrownBy(() -> calibrations.calibrate("broken", run, how))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("block 5 (layer 2): the down-input activations overflow");
    assertThat(unfinished("wave-001.json")).exists();
    assertThat(unfinished("wave-002.json")).doesNotExist();
    assertThat(folder.resolve(run).resolve("statistics")).doesNotExist();
  }

  private Path unfinished(String file) {
    return folder.resolve(run).resolve("calibrating").resolve(file);
  }

  private RecordedProgress goOn(Calibrations.How how) throws IOException {
    RecordedProgress progress = calibrations.calibrate("sound", run, how);
    assertThat(calibrations.files(run + "/statistics")).isEqualTo(undisturbed);
    return progress;
  }

  private static String units(int blocks) {
    return "+calibrate " + blocks * Calibrations.SHARDS;
  }

  @Test
  void finishedWavesAreNotDoneAgain() throws IOException {
    assertThat(unfinished("hidden-states").toFile().list())
        .as("states of a wave are gone when those behind the next are there")
        .contains("block-004")
        .doesNotContain("block-002");
    Map<String, FileTime> times = times(unfinished("statistics"));
    assertThat(times).hasSize(2 * 7);
    RecordedProgress progress = goOn(BY_LAYER);
    assertThat(progress.phases()).containsExactly(units(2), "-" + 2 * Calibrations.SHARDS);
    assertThat(progress.details()).containsExactly("goes on at block 4 of 6");
    assertThat(times(folder.resolve(run).resolve("statistics"))).containsAllEntriesOf(times);
  }

  private static Map<String, FileTime> times(Path directory) throws IOException {
    Map<String, FileTime> times = new TreeMap<>();
    for (String file : directory.toFile().list()) {
      if (!file.startsWith(".")) {
        times.put(file, Files.getLastModifiedTime(directory.resolve(file)));
      }
    }
    return times;
  }

  @Test
  void theWavesThatAreLeftArePlannedWithTheMemoryThatThereIs() throws IOException {
    RecordedProgress progress = goOn(Calibrations.How.of(Calibrations.WHOLE_MODEL, 3));
    assertThat(progress.phases()).startsWith(units(2));
    assertThat(unfinished("wave-002.json")).exists();
  }

  @Test
  void aDamagedHiddenStateMeansTheStart() throws IOException {
    Path states = unfinished("hidden-states/block-004/shard-00001.arrow");
    byte[] bytes = Files.readAllBytes(states);
    bytes[bytes.length / 2] ^= 4;
    Files.write(states, bytes);
    RecordedProgress progress = goOn(BY_LAYER);
    assertThat(progress.phases()).startsWith(units(BLOCKS));
    assertThat(progress.details())
        .containsExactly(
            "block-004/shard-00001.arrow is missing or damaged: goes on at block 0 of 6");
  }

  @Test
  void aMissingStatisticMeansTheStart() throws IOException {
    Files.delete(unfinished("statistics/block-002.value.safetensors"));
    RecordedProgress progress = goOn(BY_LAYER);
    assertThat(progress.phases()).startsWith(units(BLOCKS));
    assertThat(progress.details())
        .containsExactly(
            "block-002.value.safetensors is missing or damaged: goes on at block 0 of 6");
  }

  @Test
  void statesThatAreKeptAreGoneBackTo() throws IOException {
    run += "-kept";
    Calibrations.How kept = new Calibrations.How(Calibrations.ONE_LAYER, 2, KeptStates.FOR_GOOD);
    interrupt(kept);
    Files.delete(unfinished("hidden-states/block-004/shard-00002.arrow"));
    RecordedProgress progress = goOn(kept);
    assertThat(progress.phases()).startsWith(units(4));
    assertThat(progress.details())
        .containsExactly(
            "block-004/shard-00002.arrow is missing or damaged: goes on at block 2 of 6");
    assertThat(folder.resolve(run).resolve("hidden-states").toFile().list())
        .containsExactlyInAnyOrder("block-002", "block-004", "block-006");
    assertThat(goOn(kept).phases()).isEmpty();
    Files.delete(folder.resolve(run).resolve("hidden-states/block-004/shard-00000.arrow"));
    assertThat(goOn(kept).phases()).startsWith(units(BLOCKS));
  }

  @Test
  void aMarkerThatIsNoneProvesNothing() throws IOException {
    Files.writeString(unfinished("wave-001.json"), "{\"first_block\": 2");
    RecordedProgress progress = goOn(BY_LAYER);
    assertThat(progress.phases()).startsWith(units(BLOCKS));
  }

  /** The driver may have ended before the run's books were written. */
  @Test
  void whatIsDoneIsNotDoneAgain() throws IOException {
    goOn(BY_LAYER);
    assertThat(goOn(BY_LAYER).phases()).isEmpty();
    Files.writeString(
        folder.resolve(run).resolve("statistics/block-000.value.safetensors"), "damaged");
    assertThat(goOn(BY_LAYER).phases()).startsWith(units(BLOCKS));
  }

  /** What a task that was killed has left does not become a result. */
  @Test
  void partsOfFilesAreSweptUp() throws IOException {
    Files.writeString(unfinished("statistics/.block-000.value.safetensors.7.partial"), "half");
    Files.createDirectories(unfinished("hidden-states/block-006"));
    goOn(BY_LAYER);
    assertThat(unfinished("hidden-states/block-006")).doesNotExist();
  }
}
