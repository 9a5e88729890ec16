package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.finetune.StepResult;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors and drivers that are killed while they train. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class LostWorkersIT {

  private static final int STEPS = 13;

  private static final SparkSession SESSION = TestSession.get();

  @TempDir private static Path folder;

  private Process process;

  /** The same training, undisturbed, by two workers in one process, and by one. */
  @BeforeAll
  static void train() throws IOException {
    CalibrationFolder.write(folder.resolve("training"), FinetuneIT.repetitive(21));
    CalibrationFolder.write(folder.resolve("held-out"), FinetuneIT.repetitive(5));
    Trainings.run(SESSION, folder, folder.resolve("undisturbed"), Trainings.request(STEPS, 2));
    Trainings.run(SESSION, folder, folder.resolve("alone"), Trainings.request(STEPS, 1));
  }

  @AfterEach
  void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  @Test
  void anExecutorIsKilledAndTrainingGoesOnFromTheLastCheckpoint() throws Exception {
    Path run = folder.resolve("executor-lost");
    process = TrainingProcess.start("local-cluster[2,1,1024]", folder, run, STEPS);
    awaitCheckpoint(run, 4);
    // A local cluster's executors are the driver's children.
    List<ProcessHandle> executors = process.children().toList();
    assertThat(executors).hasSize(2);
    assertThat(executors.get(0).destroyForcibly()).isTrue();

    assertThat(process.waitFor()).as(log(run)).isZero();
    List<String> result = Files.readAllLines(folder.resolve("executor-lost.txt"));
    assertThat(Integer.parseInt(result.get(0))).as("attempt").isPositive();
    assertThat(Integer.parseInt(result.get(1))).as("its first step").isBetween(4, STEPS - 1);
    assertSameTraining(run);
    FinetuneIT.assertSame(steps(run), steps(folder.resolve("alone")));
  }

  @Test
  void theDriverIsKilledAndTheSameCommandGoesOn() throws Exception {
    Path run = folder.resolve("driver-lost");
    process = TrainingProcess.start("local[2]", folder, run, STEPS);
    awaitCheckpoint(run, 4);
    assertThat(process.destroyForcibly().waitFor()).isNotZero();
    assertThat(run.resolve("finetuned")).doesNotExist();

    FinetuneResult result = Trainings.run(SESSION, folder, run, Trainings.request(STEPS, 2));
    assertThat(result.firstStep()).isBetween(4L, STEPS - 1L);
    assertThat(result.attempt()).isZero();
    assertSameTraining(run);
  }

  /** Two workers sum in one order only, so nothing differs at all. */
  private static void assertSameTraining(Path run) throws IOException {
    Path undisturbed = folder.resolve("undisturbed");
    assertThat(steps(run)).isEqualTo(steps(undisturbed));
    for (String file :
        List.of(
            "finetuned/model.safetensors",
            "training-log/part-00000.parquet",
            "training-check/part-00000.parquet")) {
      assertThat(run.resolve(file)).as(file).hasSameBinaryContentAs(undisturbed.resolve(file));
    }
  }

  private static List<StepResult> steps(Path run) throws IOException {
    return TrainingTables.readSteps(SESSION, Trainings.directory(SESSION, run));
  }

  private void awaitCheckpoint(Path run, int updates) throws IOException {
    String least = String.format(Locale.ROOT, "step-%08d", updates);
    while (newest(run).compareTo(least) < 0) {
      assertThat(process.isAlive()).as(log(run)).isTrue();
      TrainingProcess.pause();
    }
  }

  private static String newest(Path run) throws IOException {
    Path checkpoints = run.resolve(CheckpointStore.FOLDER);
    if (!Files.isDirectory(checkpoints)) {
      return "";
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("step-"))
          .max(String::compareTo)
          .orElse("");
    }
  }

  private static String log(Path run) throws IOException {
    return Files.readString(run.resolveSibling(run.getFileName() + ".log"));
  }
}
