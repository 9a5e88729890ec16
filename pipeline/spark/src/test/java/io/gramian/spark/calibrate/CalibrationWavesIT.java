package io.gramian.spark.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.RandomModel;
import io.gramian.spark.wave.KeptStates;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the blocks and the shards are dealt out, the statistics are the same bytes. */
class CalibrationWavesIT {

  private static final long SEED = 43;

  @TempDir private Path folder;

  /**
   * In one wave, padding has the hidden states that the forward pass makes of token 0; between
   * waves it is not stored, and zero. That they agree to the bit proves that it does not matter.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"llamaGrouped", "qwen2Tied", "mamba2TwoGroups", "bambaBiases", "nemotronPattern"})
  void wavesAndPartitionsChangeNoByte(String config) throws IOException {
    RandomModel.write(config, SEED, folder.resolve("model")).close();
    Calibrations calibrations = Calibrations.in(folder);
    calibrations.calibrate("model", "whole", Calibrations.How.of(Calibrations.WHOLE_MODEL, 1));
    calibrations.calibrate("model", "layers", Calibrations.How.of(Calibrations.ONE_LAYER, 3));
    assertThat(calibrations.files("layers/statistics"))
        .as("seed %d", SEED)
        .isNotEmpty()
        .isEqualTo(calibrations.files("whole/statistics"));
    assertThat(folder.resolve("layers/hidden-states")).doesNotExist();
    assertThat(folder.resolve("layers/calibrating/hidden-states")).isEmptyDirectory();
  }

  @Test
  void hiddenStatesAreKeptForGood() throws IOException {
    RandomModel.write("llamaMultiQuery", SEED, folder.resolve("model")).close();
    Calibrations calibrations = Calibrations.in(folder);
    for (int partitions : new int[] {1, 3}) {
      calibrations.calibrate(
          "model",
          "kept-" + partitions,
          new Calibrations.How(Calibrations.ONE_LAYER, partitions, KeptStates.FOR_GOOD));
    }
    for (int block : new int[] {2, 4, 6}) {
      String states = "/hidden-states/block-00" + block;
      assertThat(calibrations.files("kept-1" + states))
          .containsOnlyKeys(
              "shard-00000.arrow",
              "shard-00000.arrow.sha256",
              "shard-00001.arrow",
              "shard-00001.arrow.sha256",
              "shard-00002.arrow",
              "shard-00002.arrow.sha256")
          .isEqualTo(calibrations.files("kept-3" + states));
    }
    assertThat(folder.resolve("kept-1/hidden-states").toFile().list()).hasSize(3);
    calibrations.calibrate(
        "model",
        "one-wave",
        new Calibrations.How(Calibrations.WHOLE_MODEL, 2, KeptStates.FOR_GOOD));
    assertThat(folder.resolve("one-wave/hidden-states").toFile().list())
        .containsExactly("block-006");
  }
}
