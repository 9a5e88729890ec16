package io.gramian.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.OracleRun;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluateIT {

  private static final int[] LENGTHS = {31, 1, 13, 2, 31, 207};

  @TempDir private Path folder;

  /** One layer a wave and all layers in one. */
  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE})
  void equalsAPlainLoopOverSequences(long waveBytes) throws IOException {
    long seed = 3;
    try (ModelCheckpoint model = RandomModel.write("qwen2Untied", seed, folder.resolve("model"));
        LoadedDecoder decoder = LoadedDecoder.load(model)) {
      List<int[]> sequences =
          CalibrationFolder.random(seed, model.spec().vocabularySize(), LENGTHS);
      Plain plain = new Plain();
      sequences.forEach(ids -> plain.add(decoder, ids));
      Evaluation evaluation =
          evaluate(CalibrationFolder.directory(folder.resolve("model")), sequences, waveBytes);
      assertThat(evaluation.tokens()).isEqualTo(30 + 12 + 1 + 30 + 206).isEqualTo(plain.tokens);
      assertThat(evaluation.loss())
          .as("seed %d", seed)
          .isCloseTo(plain.loss / plain.tokens, within(1e-5));
      assertThat(evaluation.top1Accuracy()).isEqualTo((double) plain.hits / plain.tokens);
      assertThat(evaluation.perplexity()).isEqualTo(Math.exp(evaluation.loss()));
      assertThat(evaluation.bytes()).isEqualTo(4 * model.spec().parameterCount());
      assertThat(evaluation.stage()).isEqualTo("model");
      assertThat(evaluation.parameters()).isEqualTo(model.spec().parameterCount());
    }
  }

  /** Algorithms.md section 3: dense perplexity; sorting costs the rounding to BF16 only. */
  @ParameterizedTest
  @CsvSource({"llama-tiny, 16.62, 0.4524", "qwen2-tiny, 16.00, 0"})
  void trainedModelsPredictAsMeasuredBeforeAndAfterSorting(
      String name, double perplexity, double top1) throws IOException {
    OracleRun run = OracleRun.of(name);
    List<int[]> validation = CalibrationFolder.oracle("validation_ids");
    Evaluation dense = evaluate(run.model(), validation, Long.MAX_VALUE);
    assertThat(dense.tokens()).isEqualTo(64 * 512);
    assertThat(dense.perplexity()).isCloseTo(perplexity, within(0.005 * perplexity));
    if (top1 > 0) {
      assertThat(dense.top1Accuracy()).isCloseTo(top1, within(0.002));
    }
    Evaluation sorted = evaluate(run.folder().resolve("sorted"), validation, Long.MAX_VALUE);
    assertThat(sorted.perplexity())
        .isNotEqualTo(dense.perplexity())
        .isCloseTo(dense.perplexity(), within(0.002 * dense.perplexity()));
    assertThat(sorted.bytes()).isEqualTo(dense.bytes());
  }

  @Test
  void sequencesOfOneTokenPredictNothing() throws IOException {
    RandomModel.write("qwen2Tied", 1, folder.resolve("model")).close();
    HadoopDirectory model = CalibrationFolder.directory(folder.resolve("model"));
    assertThatThrownBy(() -> evaluate(model, List.of(new int[] {5}, new int[] {6}), 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "nothing to evaluate: no sequence of the 2 tokens has a next token to predict; give"
                + " a longer text");
  }

  private Evaluation evaluate(HadoopDirectory model, List<int[]> sequences, long waveBytes)
      throws IOException {
    ShardSet shards = ShardSet.of(CalibrationFolder.write(folder.resolve("set"), sequences), 2);
    return new Evaluate(
            TestSession.context(), ProgressListener.SILENT, WaveLimits.ofWeights(waveBytes))
        .run(Stage.whole("model", model), shards);
  }

  /** Sums over one sequence at a time, in F64, without padding. */
  private static final class Plain {

    private double loss;
    private long hits;
    private long tokens;

    void add(LoadedDecoder decoder, int[] ids) {
      try (PointerScope scope = new PointerScope()) {
        double[] logits = Tensors.doubles(decoder.logits(ids, 1, ids.length));
        int vocabulary = logits.length / ids.length;
        for (int t = 0; t + 1 < ids.length; t++) {
          double total = 0;
          int best = 0;
          for (int i = 0; i < vocabulary; i++) {
            total += Math.exp(logits[t * vocabulary + i]);
            best = logits[t * vocabulary + i] > logits[t * vocabulary + best] ? i : best;
          }
          loss += Math.log(total) - logits[t * vocabulary + ids[t + 1]];
          hits += best == ids[t + 1] ? 1 : 0;
          tokens++;
        }
      }
    }
  }
}
