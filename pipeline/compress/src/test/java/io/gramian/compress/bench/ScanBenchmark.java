package io.gramian.compress.bench;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.model.ResidualBlock;
import io.gramian.model.fixture.HybridConfigs;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a Mamba2 block costs, without and with its statistics, against an attention block of the
 * same width: 1024 channels, 2048 tokens, one thread. Medians of alternating runs.
 */
class ScanBenchmark {

  private static final int WIDTH = 1024;
  private static final int TOKENS = 2048;
  private static final int RUNS = 9;

  private static final Map<String, Object> ATTENTION =
      RandomConfigs.with(
          RandomConfigs.llamaGrouped(),
          Map.of(
              "hidden_size", WIDTH,
              "num_attention_heads", 16,
              "num_key_value_heads", 4,
              "head_dim", 64,
              "num_hidden_layers", 1));

  private static final Map<String, Object> STATE_SPACE =
      RandomConfigs.with(
          HybridConfigs.mamba2OneGroup(),
          Map.of(
              "hidden_size", WIDTH,
              "num_heads", 32,
              "head_dim", 64,
              "state_size", 128,
              "expand", 2,
              "chunk_size", 256,
              "num_hidden_layers", 1));

  @TempDir private Path folder;

  @Test
  void scanAgainstAttention() throws IOException {
    try (Subject attention = Subject.of(ATTENTION, folder.resolve("attention"));
        Subject scan = Subject.of(STATE_SPACE, folder.resolve("scan"))) {
      TokenMask mask = new TokenMask(new int[] {TOKENS}, TOKENS);
      double[] base = new double[RUNS];
      double[] plain = new double[RUNS];
      double[] recorded = new double[RUNS];
      for (int run = -2; run < RUNS; run++) {
        int at = Math.max(0, run);
        base[at] = attention.seconds(block -> SiteRecorder.NONE);
        plain[at] = scan.seconds(block -> SiteRecorder.NONE);
        recorded[at] = scan.seconds(block -> new BlockStatistics(block).recorder(mask));
      }
      System.out.printf(
          Locale.ROOT,
          "attention block %.0f ms; Mamba2 block %.0f ms, %.2f times as long; with statistics"
              + " %.0f ms, %.2f times%n",
          1e3 * median(base),
          1e3 * median(plain),
          median(plain) / median(base),
          1e3 * median(recorded),
          median(recorded) / median(base));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The first block of a random model. */
  private record Subject(ModelCheckpoint model, LoadedDecoder decoder) implements AutoCloseable {

    static Subject of(Map<String, Object> config, Path folder) throws IOException {
      RandomCheckpoint.of(config, 1).write(LocalDirectory.of(folder));
      ModelCheckpoint model = ModelCheckpoint.open(LocalDirectory.of(folder));
      return new Subject(model, LoadedDecoder.load(model));
    }

    double seconds(Function<ResidualBlock, SiteRecorder> recorder) {
      ResidualBlock block = model.spec().blocks().get(0);
      BlockForward forward = new BlockForward(block, decoder.weights(block));
      float[] input = RandomModel.gaussians(new Random(1), TOKENS * WIDTH);
      try (PointerScope scope = new PointerScope()) {
        Tensor x = Tensor.create(input, 1, TOKENS, WIDTH);
        long start = System.nanoTime();
        forward.apply(x, recorder.apply(block));
        return (System.nanoTime() - start) * 1e-9;
      }
    }

    @Override
    public void close() throws IOException {
      decoder.close();
      model.close();
    }
  }
}
