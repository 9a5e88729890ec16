package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.RandomWidths;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.evaluate.NextTokenScorer;
import io.gramian.compress.sort.Sorting;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a step adds up. */
class TrainerIT {

  private static final long SEED = 2601;

  @TempDir private Path folder;

  /**
   * All sequences in one call, in which some are padded and one is longer than what passes at once;
   * each by itself, where nothing is padded; two calls, in another order.
   */
  @ParameterizedTest
  @ValueSource(strings = {"llamaGrouped", "qwen2Tied", "bambaBiases", "nemotronPattern"})
  void anySplitOfAStepGivesTheSameSums(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      Trainers.scatter(trainer, new Random(SEED), 0.2f);
      TrainingBatch all = TrainingCase.batch(model, SEED, 13, 1, 207, 40, 900);
      for (KeepRatio ratio : Trainers.SETTINGS.plan().ratios()) {
        long step = Trainers.stepAt(ratio, 3);
        float[] expected = sums(trainer, step, all);
        assertThat(expected[expected.length - 1]).isEqualTo(12 + 206 + 39 + 899);
        assertClose(
            sums(
                trainer,
                step,
                part(all, 0),
                part(all, 1),
                part(all, 2),
                part(all, 3),
                part(all, 4)),
            expected);
        assertClose(sums(trainer, step, part(all, 4, 2, 1), part(all, 3, 0)), expected);
      }
    }
  }

  private static TrainingBatch part(TrainingBatch all, Integer... chosen) {
    List<Integer> indices = List.of(chosen);
    return TrainingBatch.of(
        indices.stream().map(all.sequences()::get).toList(),
        indices.stream().map(all.places()::get).toList());
  }

  private static float[] sums(Trainer trainer, long step, TrainingBatch... parts) {
    return Scopes.compute(
        () -> {
          trainer.sums().zero_();
          for (TrainingBatch part : parts) {
            trainer.accumulate(part, step);
          }
          return Tensors.floats(trainer.sums());
        });
  }

  private static void assertClose(float[] actual, float[] expected) {
    int gradients = expected.length - 2;
    assertThat(actual[gradients])
        .isCloseTo(expected[gradients], within(expected[gradients] * 1e-6f));
    assertThat(actual[gradients + 1]).isEqualTo(expected[gradients + 1]);
    assertThat(
            Sorting.relativeDifference(
                Arrays.copyOf(actual, gradients), Arrays.copyOf(expected, gradients)))
        .as("seed %d", SEED)
        .isLessThan(1e-5);
  }

  /** A worker may have no share of a step. */
  @Test
  void aBatchOfNoSequenceAddsNothing() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      trainer.accumulate(TrainingBatch.of(List.of()), 0);
      assertThat(Tensors.floats(trainer.sums())).containsOnly(0);
    }
  }

  /** Places decide what is dropped: the same sequences at others give other gradients. */
  @Test
  void dropoutDrops() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      Trainers.scatter(trainer, new Random(SEED), 0.2f);
      TrainingBatch here = TrainingCase.batch(model, SEED, 13);
      TrainingBatch there = TrainingBatch.of(here.sequences(), List.of(1L));
      assertThat(sums(trainer, 3, here)).isEqualTo(sums(trainer, 3, here));
      assertThat(sums(trainer, 3, there)).isNotEqualTo(sums(trainer, 3, here));
    }
  }

  /** Before the first update, at both widths, the score is the plain model's to the bit. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen2Untied", "mamba2TwoGroups", "bambaHalfRotary", "nemotronWords"})
  void newAdaptersChangeNoBit(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      TrainingBatch batch = TrainingCase.batch(model, SEED, 31, 31, 31);
      for (KeepRatio ratio : Trainers.SETTINGS.plan().ratios()) {
        NextTokenScore expected = plainScore(model, ratio, batch);
        NextTokenScore actual = trainer.score(batch, ratio);
        assertThat(actual.loss()).as("seed %d", SEED).isEqualTo(expected.loss());
        assertThat(actual.top1Accuracy()).isEqualTo(expected.top1Accuracy());
        assertThat(actual.tokens()).isEqualTo(90);
        float[] sums = sums(trainer, Trainers.stepAt(ratio, 0), batch);
        assertThat(sums[sums.length - 2] / 90.0)
            .as("in training")
            .isCloseTo(expected.loss(), within(1e-5));
      }
    }
  }

  private static NextTokenScore plainScore(
      ModelCheckpoint model, KeepRatio ratio, TrainingBatch batch) {
    SlicedBlock slice = new SlicedBlock(RandomWidths.uniform(model.spec(), ratio.value()));
    List<ResidualBlock> blocks = model.spec().blocks().stream().map(slice::describe).toList();
    try (PointerScope scope = new PointerScope();
        LoadedDecoder whole = LoadedDecoder.load(model);
        LoadedDecoder decoder =
            whole.with(
                model.spec().withBlocks(blocks),
                (block, weights) ->
                    SlicedBlock.of(
                        block,
                        RandomWidths.uniform(model.spec(), ratio.value()).get(block.blockIndex()),
                        weights))) {
      MicroBatch part = MicroBatch.split(batch).get(0);
      List<Tensor> states = decoder.hiddenStates(part.ids(), part.sequences(), part.positions());
      NextTokenScore score = new NextTokenScore();
      for (int i = 0; i < part.sequences(); i++) {
        Tensor hidden = states.get(states.size() - 1).select(0, i);
        NextTokenScorer scorer = new NextTokenScorer(decoder.head());
        score.merge(scorer.score(hidden, part.tokens(i), part.positions()));
      }
      return score;
    }
  }

  /** BF16 has 8 bits: close to F32, and not the same. */
  @ParameterizedTest
  @ValueSource(strings = {"llamaGrouped", "llamaTied", "nemotronPattern"})
  void reducedPrecisionIsClose(String config) throws IOException {
    FinetuneSettings reduced = Trainers.SETTINGS.withPrecision(Precision.BFLOAT16);
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        Trainer exact = Trainers.of(model, Trainers.SETTINGS);
        Trainer rounded = Trainers.of(model, reduced)) {
      Trainers.scatter(exact, new Random(SEED), 0.2f);
      Trainers.scatter(rounded, new Random(SEED), 0.2f);
      TrainingBatch batch = TrainingCase.batch(model, SEED, 60, 13);
      float[] expected = sums(exact, 3, batch);
      float[] actual = sums(rounded, 3, batch);
      int loss = expected.length - 2;
      assertThat(actual[loss])
          .isNotEqualTo(expected[loss])
          .isCloseTo(expected[loss], within(expected[loss] * 0.02f));
      assertThat(distance(actual, expected, loss)).as("seed %d", SEED).isLessThan(0.1);
    }
  }

  private static double distance(float[] actual, float[] expected, int count) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < count; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / size);
  }

  @Test
  void anInfiniteLossIsRefused() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      Trainers.scatter(trainer, new Random(SEED), 1e30f);
      trainer.accumulate(TrainingCase.batch(model, SEED, 13), 3);
      assertThatThrownBy(() -> trainer.update(3))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "step 3: the loss is NaN and the norm of its gradient NaN: lower --learning-rate (now"
                  + " 0.01)");
    }
  }

  @Test
  void aStepWithoutATokenIsRefused() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      trainer.accumulate(TrainingCase.batch(model, SEED, 1, 1), 3);
      assertThatThrownBy(() -> trainer.update(3))
          .isInstanceOf(UserException.class)
          .hasMessage("step 3 has no token to predict: its sequences are shorter than 2");
    }
  }

  @Test
  void ratiosWithoutWidthsAreRefused() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("llamaGrouped", SEED, folder);
        Trainer trainer = Trainers.of(model, Trainers.SETTINGS)) {
      TrainingBatch batch = TrainingCase.batch(model, SEED, 13);
      assertThatThrownBy(() -> trainer.score(batch, new KeepRatio(0.5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no widths for 0.5 in ");
    }
  }
}
