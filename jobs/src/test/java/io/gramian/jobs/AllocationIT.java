package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.ScalarKernels;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A pass allocates nothing, on none of its threads: what is left of the collector's work would be
 * pauses between tokens. Measured when everything is compiled.
 *
 * <p>With plain loops, since whether the compiler keeps every vector of the Vector API in registers
 * differs from one start of the JVM to the next; with vectors the bound only tells that products
 * do.
 */
class AllocationIT {

  private static final long SEED = 71;
  private static final int POSITIONS = 128;
  private static final int WARM_UP = 3_000;
  private static final int TOKENS = 50;

  /** The array of a call's one token takes 24 of them. */
  private static final long MOST_BYTES = 100;

  /** A product whose vectors are objects takes more than a megabyte a token. */
  private static final long MOST_BYTES_WITH_VECTORS = 64 << 10;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  @BeforeAll
  static void natives() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @CsvSource({
    "llamaBiases, 1.0",
    "llamaBiases, 0.65",
    "mamba2TwoGroups, 0.65",
    "bambaBiases, 1.0",
    "nemotronPattern, 0.65"
  })
  void aTokenAllocatesNothing(String config, double ratio) throws IOException {
    Kernels.Choice loops = new Kernels.Choice(new ScalarKernels(), "the test asks for them");
    assertThat(bytesPerToken(config, ratio, loops))
        .as("%s, seed %d", config, SEED)
        .isLessThan(MOST_BYTES);
  }

  @ParameterizedTest
  @CsvSource({"llamaBiases, 0.65", "bambaBiases, 1.0"})
  void productsKeepTheirVectors(String config, double ratio) throws IOException {
    assertThat(bytesPerToken(config, ratio, Kernels.best()))
        .as("%s, seed %d", config, SEED)
        .isLessThan(MOST_BYTES_WITH_VECTORS);
  }

  private long bytesPerToken(String config, double ratio, Kernels.Choice kernels)
      throws IOException {
    LocalDirectory artifact = SmallArtifact.write(config, SEED, folder);
    try (EdgeModel model = EdgeModel.open(artifact, new EdgeSettings(2, kernels))) {
      EdgeSession session = model.session(SessionSettings.of(POSITIONS));
      session.setKeepRatio(new KeepRatio(ratio));
      int[] ids = new Random(SEED).ints(TOKENS, 0, model.spec().vocabularySize()).toArray();
      long[] threads = threads();
      generate(session, ids, WARM_UP);
      session.reset();
      long before = allocated(threads);
      generate(session, ids, TOKENS);
      long bytes = (allocated(threads) - before) / TOKENS;
      System.out.printf(
          "%s at %s, %s: %d bytes a token%n",
          config, ratio, kernels.kernels().description(), bytes);
      return bytes;
    }
  }

  /** Begins a new text where one is full. */
  private static void generate(EdgeSession session, int[] ids, int tokens) {
    for (int i = 0; i < tokens; i++) {
      if (session.position() == session.capacity()) {
        session.reset();
      }
      session.append(ids[i % ids.length]);
    }
  }

  /** This thread and the team's. */
  private static long[] threads() {
    Thread own = Thread.currentThread();
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread == own || thread.getName().startsWith("gramian-edge-"))
        .mapToLong(Thread::getId)
        .toArray();
  }

  /** Bytes that they have allocated since they began; some 50 for being asked. */
  private static long allocated(long[] threads) {
    long sum = 0;
    for (long bytes : THREADS.getThreadAllocatedBytes(threads)) {
      sum += bytes;
    }
    return sum;
  }
}
