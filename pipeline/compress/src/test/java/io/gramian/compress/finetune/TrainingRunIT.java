package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.KeepRatio;
import io.gramian.model.TensorShape;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates, one after the other. */
class TrainingRunIT {

  private static final long SEED = 2612;

  @TempDir private Path folder;

  /** A text that goes round the same 7 tokens, seen from different beginnings. */
  private static TrainingBatch pattern(int sequences, int length) {
    return TrainingBatch.of(
        IntStream.range(0, sequences)
            .mapToObj(i -> IntStream.range(i, i + length).map(t -> 5 + 11 * (t % 7)).toArray())
            .toList(),
        IntStream.range(0, sequences).mapToObj(i -> (long) i).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2Tied", "mamba2OneGroup", "nemotronPattern"})
  void aPatternIsLearntAtBothWidths(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      TrainingBatch heldOut = pattern(7, 29);
      double before = trainer.score(heldOut, KeepRatio.FULL).loss();
      double narrowBefore = trainer.score(heldOut, Trainers.NARROW).loss();
      List<StepResult> steps = train(trainer, 0, 30);
      assertThat(steps).extracting(StepResult::ratio).contains(KeepRatio.FULL, Trainers.NARROW);
      assertThat(trainer.score(heldOut, KeepRatio.FULL).loss()).isLessThan(0.7 * before);
      assertThat(trainer.score(heldOut, Trainers.NARROW).loss()).isLessThan(0.7 * narrowBefore);
    }
  }

  private static List<StepResult> train(Trainer trainer, int from, int to) {
    List<StepResult> results = new ArrayList<>();
    for (int step = from; step < to; step++) {
      trainer.accumulate(pattern(4, 24), step);
      results.add(trainer.update(step));
    }
    return results;
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen2Untied", "bambaBiases"})
  void aResumedRunIsTheUndisturbedOneToTheBit(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        Trainer whole = Trainers.of(model, Trainers.SETTINGS);
        Trainer first = Trainers.of(model, Trainers.SETTINGS);
        Trainer second = Trainers.of(model, Trainers.SETTINGS)) {
      List<StepResult> expected = train(whole, 0, 7);
      List<StepResult> actual = train(first, 0, 4);
      TrainerState half = first.state();
      train(first, 4, 5);
      second.restore(half);
      actual.addAll(train(second, 4, 7));
      assertThat(actual).isEqualTo(expected);
      assertSame(second.state(), whole.state());
      assertThat(half.updates()).as("a copy").isEqualTo(4);
    }
  }

  private static void assertSame(TrainerState actual, TrainerState expected) {
    assertThat(actual.updates()).isEqualTo(expected.updates());
    assertThat(actual.tensors()).isEqualTo(expected.tensors());
    for (TensorShape tensor : expected.tensors()) {
      assertThat(actual.array(tensor)).as(tensor.name()).isEqualTo(expected.array(tensor));
    }
  }

  /** Mean, clip, decay, moments and rate as plain loops in F64, over three steps. */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 1e6})
  void updatesArePlainLoops(double clip) throws IOException {
    OptimiserSettings optimiser = new OptimiserSettings(1e-2, 2, clip, 0.1);
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS.withOptimiser(optimiser))) {
      Trainers.scatter(trainer, new Random(SEED), 0.2f);
      double[] p = adapters(trainer.state());
      double[] mean = new double[p.length];
      double[] square = new double[p.length];
      for (int step = 0; step < 3; step++) {
        trainer.accumulate(pattern(4, 24), step);
        double[] gradient = gradient(trainer);
        double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
        double rate = optimiser.rateAt(step, 30);
        double t = step + 1;
        for (int i = 0; i < p.length; i++) {
          double g = gradient[i] * Math.min(1, clip / norm);
          mean[i] = 0.9 * mean[i] + 0.1 * g;
          square[i] = 0.999 * square[i] + 0.001 * g * g;
          double m = mean[i] / (1 - Math.pow(0.9, t));
          double v = square[i] / (1 - Math.pow(0.999, t));
          p[i] = p[i] * (1 - rate * 0.1) - rate * m / (Math.sqrt(v) + 1e-8);
        }
        StepResult result = trainer.update(step);
        assertThat(result.learningRate()).isEqualTo(rate);
        assertThat(result.gradientNorm()).isCloseTo(norm, within(norm * 1e-5));
        assertThat(result.tokens()).isEqualTo(92);
        assertThat(adapters(trainer.state())).containsExactly(p, within(1e-5));
      }
    }
  }

  private static double[] gradient(Trainer trainer) {
    double[] sums = Scopes.compute(() -> Tensors.doubles(trainer.sums()));
    double tokens = sums[sums.length - 1];
    return Arrays.stream(sums, 0, sums.length - 2).map(sum -> sum / tokens).toArray();
  }

  private static double[] adapters(TrainerState state) {
    return state.tensors().stream()
        .filter(shape -> shape.name().endsWith(".weight"))
        .flatMapToDouble(
            shape -> {
              float[] values = state.array(shape);
              return IntStream.range(0, values.length).mapToDouble(i -> values[i]);
            })
        .toArray();
  }

  @Test
  void aStateWithinAStepIsRefused() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      TrainerState fresh = trainer.state();
      trainer.accumulate(pattern(1, 13), 0);
      assertThatThrownBy(trainer::state)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("within a step: 12.0 tokens wait for an update");
      assertThatThrownBy(() -> trainer.restore(fresh))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("within a step: 12.0 tokens wait for an update");
      trainer.update(0);
      trainer.restore(fresh);
      assertSame(trainer.state(), fresh);
    }
  }

  @Test
  void anotherModelsStateIsRefused() throws IOException {
    FinetuneSettings ranks = Trainers.SETTINGS.withLora(new LoraShape(2, 4, 0));
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS);
        Trainer other = Trainers.of(model, ranks)) {
      TensorShape first = trainer.state().tensors().get(0);
      String end =
          ", expected [3, 48]: it was saved for another model or rank; remove it to begin anew";
      assertThatThrownBy(() -> trainer.restore(other.state()))
          .isInstanceOf(UserException.class)
          .hasMessage("fine-tuning state: tensor " + first.name() + " has shape [2, 48]" + end);
      TrainerState empty = TrainerState.of(0, List.of(), Map.of());
      assertThatThrownBy(() -> trainer.restore(empty))
          .isInstanceOf(UserException.class)
          .hasMessage("fine-tuning state: tensor " + first.name() + " is missing" + end);
    }
  }

  @Test
  void aStateMustBeWhole() {
    TensorShape shape = TensorShape.of("w", 2, 3);
    Map<String, float[]> values = new HashMap<>();
    assertThatThrownBy(() -> TrainerState.of(0, List.of(shape), values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(shape + " has no values, or not as many");
    values.put("w", new float[5]);
    assertThatThrownBy(() -> TrainerState.of(0, List.of(shape), values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(shape + " has no values, or not as many");
    values.put("w", new float[6]);
    TrainerState state = TrainerState.of(3, List.of(shape), values);
    assertThat(state.values("w").isReadOnly()).isTrue();
    assertThatThrownBy(() -> state.values("v"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no tensor v in [w]");
  }
}
