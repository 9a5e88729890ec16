package io.gramian.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.ScalarKernels;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * However many threads share out a pass, and whichever way, they compute the same: an MLP of four
 * chunks of columns, which teams can or cannot share out so that nobody needs another's channels.
 */
class TeamsTest {

  private static final long SEED = 8;
  private static final int TOKENS = 48;
  private static final List<KeepRatio> RATIOS =
      List.of(KeepRatio.FULL, new KeepRatio(0.85), new KeepRatio(0.65));
  private static final DeviceProfile PROFILE =
      new DeviceProfile("edge", new Granularity(8, 8, 8, 2), 128);
  private static final String GATED =
      """
      {"model_type": "llama", "hidden_size": 96, "intermediate_size": 512,
       "num_hidden_layers": 3, "num_attention_heads": 6, "num_key_value_heads": 3,
       "head_dim": 16, "vocab_size": 300, "rms_norm_eps": 1e-5, "rope_theta": 10000,
       "hidden_act": "silu", "max_position_embeddings": 64, "tie_word_embeddings": true,
       "mlp_bias": true}
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void computeTheSame(int threads) throws IOException {
    Path packed = new ShapeFolder(GATED, SEED).packed(folder, PROFILE);
    float[][] expected;
    try (EdgeModel model = open(packed, 1, new ScalarKernels())) {
      expected = logits(model, 1);
    }
    try (EdgeModel model = open(packed, threads, Kernels.best().kernels())) {
      check(expected, logits(model, 1));
      check(expected, logits(model, 8));
    }
  }

  private static EdgeModel open(Path packed, int threads, Kernels kernels) throws IOException {
    Kernels.Choice choice = new Kernels.Choice(kernels, "asked for");
    return EdgeModel.open(LocalDirectory.of(packed), new EdgeSettings(threads, choice));
  }

  /** Behind every few tokens of a text, in which the width changes again and again. */
  private static float[][] logits(EdgeModel model, int together) {
    Random random = new Random(SEED);
    int[] text = IntStream.range(0, TOKENS).map(i -> random.nextInt(300)).toArray();
    EdgeSession session = model.session(new SessionSettings(TOKENS, together, KeepRatio.FULL));
    float[][] logits = new float[TOKENS / 8][];
    for (int i = 0; i < TOKENS; i += together) {
      session.setKeepRatio(RATIOS.get(i / 8 % RATIOS.size()));
      logits[i / 8] = session.append(Arrays.copyOfRange(text, i, i + together)).clone();
    }
    return logits;
  }

  private static void check(float[][] expected, float[][] actual) {
    for (int i = 0; i < expected.length; i++) {
      double largest = 0;
      double off = 0;
      for (int j = 0; j < expected[i].length; j++) {
        largest = Math.max(largest, Math.abs(expected[i][j]));
        off = Math.max(off, Math.abs(expected[i][j] - actual[i][j]));
      }
      assertThat(largest).isPositive();
      assertThat(off / largest).as("seed %d, behind token %d", SEED, 8 * i + 7).isLessThan(2e-4);
    }
  }
}
