package io.gramian.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.RunManifest;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestProcess;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed while it calibrates. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LostDriverIT {

  private static final int LAYERS = 6;

  @TempDir private Path folder;

  private Process process;

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  @Test
  void theSameCommandGoesOnBehindTheLastWave() throws Exception {
    Path run = folder.resolve("killed");
    process = CalibrationProcess.start(run);
    while (!Files.exists(run.resolve("calibrating/wave-001.json"))) {
      assertThat(process.isAlive()).as(Files.readString(folder.resolve("killed.log"))).isTrue();
      TestProcess.pause();
    }
    assertThat(process.destroyForcibly().waitFor()).isNotZero();
    int finished = waves(run);
    assertThat(finished).isBetween(2, LAYERS);
    assertThat(run.resolve("statistics")).doesNotExist();

    RecordedProgress progress = CalibrationProcess.calibrate(TestSession.get(), run);
    int left = 2 * (LAYERS - finished);
    assertThat(progress.phases())
        .contains("+calibrate " + left * CalibrationProcess.SHARDS)
        .noneMatch(phase -> phase.startsWith("+tokenize"));
    assertThat(progress.details()).containsExactly("goes on at block " + 2 * finished + " of 12");
    assertThat(run.resolve("calibrating")).doesNotExist();
    CalibrationProcess.calibrate(TestSession.get(), folder.resolve("undisturbed"));
    assertThat(statistics("killed")).isNotEmpty().isEqualTo(statistics("undisturbed"));
  }

  private static int waves(Path run) {
    int waves = 0;
    while (Files.exists(run.resolve("calibrating/wave-00" + waves + ".json"))) {
      waves++;
    }
    return waves;
  }

  private Map<String, String> statistics(String run) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    RunManifest.read(CalibrationFolder.directory(folder.resolve(run)))
        .orElseThrow()
        .phase("calibrate")
        .orElseThrow()
        .outputs()
        .forEach(output -> digests.put(output.file(), output.sha256()));
    return digests;
  }
}
