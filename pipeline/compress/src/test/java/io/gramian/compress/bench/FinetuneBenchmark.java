package io.gramian.compress.bench;

import io.gramian.compress.RandomWidths;
import io.gramian.compress.TestData;
import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.compress.finetune.StepPlan;
import io.gramian.compress.finetune.Trainer;
import io.gramian.compress.finetune.TrainingBatch;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.LinearSpec;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens a second of training at full width on one thread: sequences of 256 tokens. */
class FinetuneBenchmark {

  private static final int SEQUENCES = 16;
  private static final int POSITIONS = 256;
  private static final int RUNS = 5;

  @ParameterizedTest
  @CsvSource({
    "llama-tiny, FLOAT32",
    "llama-tiny, BFLOAT16",
    "mamba2-tiny, FLOAT32",
    "mamba2-tiny, BFLOAT16"
  })
  void step(String name, Precision precision) throws IOException {
    NativeRuntime.load();
    try (ModelCheckpoint model = TestData.model(name);
        Trainer trainer = trainer(model, precision)) {
      double seconds = median(trainer, batch(model.spec()));
      double rate = SEQUENCES * POSITIONS / seconds;
      double operations = operations(model.spec());
      System.out.printf(
          Locale.ROOT,
          "%s %s: %.0f tokens/s; products of linear maps and head %.1f MFLOP a token, %.0f GFLOP/s%n",
          name,
          precision.label(),
          rate,
          operations * 1e-6,
          operations * rate * 1e-9);
    }
  }

  private static double median(Trainer trainer, TrainingBatch batch) {
    double[] seconds = new double[RUNS];
    for (int run = -1; run < RUNS; run++) {
      long start = System.nanoTime();
      trainer.accumulate(batch, 0);
      trainer.update(0);
      seconds[Math.max(0, run)] = (System.nanoTime() - start) * 1e-9;
    }
    Arrays.sort(seconds);
    return seconds[RUNS / 2];
  }

  private static Trainer trainer(ModelCheckpoint model, Precision precision) {
    double ratio = Double.parseDouble(System.getProperty("gramian.bench.ratio", "1.0"));
    KeepRatio keep = new KeepRatio(ratio);
    FinetuneSettings settings =
        FinetuneSettings.DEFAULT
            .withPlan(StepPlan.DEFAULT.withRatios(List.of(keep)))
            .withPrecision(precision);
    Weights whole = Weights.read(model.checkpoint(), model.spec().tensors());
    return new Trainer(
        model.spec(), whole, Map.of(keep, RandomWidths.uniform(model.spec(), ratio)), settings);
  }

  private static TrainingBatch batch(DecoderSpec spec) {
    Random random = new Random(1);
    List<int[]> sequences =
        IntStream.range(0, SEQUENCES)
            .mapToObj(i -> random.ints(POSITIONS, 0, spec.vocabularySize()).toArray())
            .toList();
    return TrainingBatch.of(sequences, LongStream.range(0, SEQUENCES).boxed().toList());
  }

  /** The least there is: one forward and one backward to the inputs of every frozen map. */
  private static double operations(DecoderSpec spec) {
    double maps =
        spec.blocks().stream()
            .flatMap(block -> block.mixer().maps().stream())
            .mapToDouble(FinetuneBenchmark::size)
            .sum();
    return 4 * maps + 4.0 * spec.vocabularySize() * spec.hiddenSize();
  }

  private static double size(LinearSpec map) {
    return (double) map.in() * map.out();
  }
}
