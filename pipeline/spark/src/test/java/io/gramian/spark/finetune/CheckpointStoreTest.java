package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.compress.finetune.StepResult;
import io.gramian.compress.finetune.TrainerState;
import io.gramian.model.KeepRatio;
import io.gramian.model.TensorShape;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {

  private static final long SEED = 207;

  private static final List<TensorShape> SHAPES =
      List.of(
          TensorShape.of("b.lora_A.weight", 13, 207),
          TensorShape.of("a.lora_A.weight.exp_avg", 1, 1),
          TensorShape.of("a.lora_A.weight", 600, 500));

  @TempDir private Path run;

  @Test
  void comesBackBitForBit() throws IOException {
    CheckpointStore store = store("f");
    TrainingHistory history = history(2.5, 2.0, 2.25);
    history.add(new StepResult(7, new KeepRatio(0.65), 1.0 / 3, 1e-300, 1e-4, (1L << 53) - 1));
    TrainerState state = state(8);
    store.write(new TrainingCheckpoint(state, history), "1");
    TrainingCheckpoint read = store.read(8);

    assertThat(store.readHistory(8).checks()).isEqualTo(history.checks());
    assertThat(read.history().steps()).isEqualTo(history.steps());
    assertThat(read.history().checks()).isEqualTo(history.checks());
    assertThat(read.state().updates()).isEqualTo(8);
    assertThat(read.state().tensors()).isEqualTo(SHAPES);
    for (TensorShape shape : SHAPES) {
      assertThat(read.state().values(shape.name()).compareTo(state.values(shape.name()))).isZero();
    }
    assertThat(store.readState(8, name -> !name.contains(".exp_avg")).tensors())
        .containsExactly(SHAPES.get(0), SHAPES.get(2));
  }

  @Test
  void theNewestTwoAndTheBestAreKept() throws IOException {
    CheckpointStore store = store("f");
    TrainingHistory history = new TrainingHistory(List.of(), List.of());
    double[] losses = {3, 1, 2, 1, 2, 4};
    for (int i = 0; i < losses.length; i++) {
      history.add(List.of(check(10L * i, losses[i])));
      store.write(new TrainingCheckpoint(state(10L * i), history), "1");
    }

    assertThat(files())
        .containsExactly(
            "step-00000010.safetensors", "step-00000040.safetensors", "step-00000050.safetensors");
    assertThat(history.best()).isEqualTo(10);
    assertThat(history.latestCheck()).hasValue(4);
    assertThat(store.newest()).hasValue(50);
  }

  @Test
  void anotherTrainingsAreNotGoneOnFrom() throws IOException {
    store("f").write(new TrainingCheckpoint(state(5), history(1)), "1");
    assertThat(store("g").newest()).isEmpty();
    store("f").clearUnlessOurs();
    assertThat(files()).hasSize(1);
    store("g").clearUnlessOurs();
    assertThat(run.resolve(CheckpointStore.FOLDER)).doesNotExist();
  }

  @Test
  void aDamagedFileIsPassedOver() throws IOException {
    CheckpointStore store = store("f");
    store.write(new TrainingCheckpoint(state(5), history(1)), "1");
    store.write(new TrainingCheckpoint(state(6), history(1)), "1");
    Path newest = run.resolve(CheckpointStore.FOLDER).resolve("step-00000006.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(bytes, bytes.length - 1));

    assertThat(store.newest()).hasValue(5);
  }

  @Test
  void theBestIsOverAllWidthsAndTheFirstAmongEquals() {
    List<HeldOutLoss> checks =
        List.of(
            check(0, 2),
            new HeldOutLoss(0, new KeepRatio(0.5), 6, 1),
            check(5, 3),
            new HeldOutLoss(5, new KeepRatio(0.5), 4, 1),
            check(9, 1),
            new HeldOutLoss(9, new KeepRatio(0.5), 6, 1));
    assertThat(TrainingHistory.bestOf(checks)).isEqualTo(5);
    assertThatThrownBy(() -> TrainingHistory.bestOf(List.of()))
        .isInstanceOf(NoSuchElementException.class);
  }

  private CheckpointStore store(String fingerprint) {
    return new CheckpointStore(
        HadoopDirectory.of(run.toString(), new Configuration()), fingerprint);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(run.resolve(CheckpointStore.FOLDER))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static TrainingHistory history(double... losses) {
    TrainingHistory history = new TrainingHistory(List.of(), List.of());
    for (int i = 0; i < losses.length; i++) {
      history.add(List.of(check(i, losses[i])));
    }
    return history;
  }

  private static HeldOutLoss check(long updates, double loss) {
    return new HeldOutLoss(updates, KeepRatio.FULL, loss, 13);
  }

  private static TrainerState state(long updates) {
    Random random = new Random(SEED);
    return TrainerState.of(
        updates,
        SHAPES,
        Map.of(
            SHAPES.get(0).name(), values(random, 13 * 207),
            SHAPES.get(1).name(), values(random, 1),
            SHAPES.get(2).name(), values(random, 600 * 500)));
  }

  private static float[] values(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
