package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.kernel.Kernels;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A thousand changes of width while a thousand tokens are generated leave nothing behind. */
class WidthSwitchIT {

  private static final long SEED = 67;
  private static final int SWITCHES = 1_000;
  private static final int TOKENS = 1_000;

  /** Half a KiB a switch would be found. */
  private static final long HEAP_BYTES = 512 << 10;

  @TempDir private Path folder;

  @BeforeAll
  static void natives() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llamaBiases", "bambaBiases", "nemotronPattern"})
  void leakNothing(String config) throws IOException, InterruptedException {
    LocalDirectory artifact = SmallArtifact.write(config, SEED, folder);
    try (EdgeModel model = EdgeModel.open(artifact, new EdgeSettings(2, Kernels.best()))) {
      EdgeSession session = model.session(SessionSettings.of(TOKENS));
      float[] first = generate(model, session, config);
      long caches = session.cacheBytes();
      long workspace = session.workspaceBytes();
      long heap = heap();
      Map<String, Long> buffers = buffers();
      float[] again = generate(model, session, config);
      assertThat(heap() - heap).as("%s: bytes left", config).isLessThan(HEAP_BYTES);
      assertThat(buffers()).isEqualTo(buffers);
      assertThat(session.cacheBytes()).isEqualTo(caches);
      assertThat(session.workspaceBytes()).isEqualTo(workspace);
      assertThat(again).as("%s, seed %d", config, SEED).isEqualTo(first);
    }
  }

  /** A text of its own; ratios from 0.50 to 1.00, one switch a token on average. */
  private static float[] generate(EdgeModel model, EdgeSession session, String config) {
    Random random = new Random(SEED);
    session.reset();
    session.setKeepRatio(KeepRatio.FULL);
    int vocabulary = model.spec().vocabularySize();
    float[] logits = session.append(random.nextInt(vocabulary));
    double[] micros = new double[SWITCHES];
    for (int i = 0; i < SWITCHES; i++) {
      KeepRatio ratio = new KeepRatio((50 + random.nextInt(51)) / 100.0);
      long start = System.nanoTime();
      session.setKeepRatio(ratio);
      micros[i] = (System.nanoTime() - start) / 1e3;
      for (int n = random.nextInt(3); n > 0 && session.position() < TOKENS; n--) {
        logits = session.append(random.nextInt(vocabulary));
      }
    }
    Arrays.sort(micros);
    System.out.printf(
        "%s, seed %d: %d tokens, a switch takes %.0f us (median), %.0f us (largest)%n",
        config, SEED, session.position(), micros[SWITCHES / 2], micros[SWITCHES - 1]);
    return logits.clone();
  }

  /** Waits for the buffers of others that are garbage to go as well. */
  private static long heap() throws InterruptedException {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(100);
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }

  /** Direct and mapped buffers by kind. */
  private static Map<String, Long> buffers() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .collect(Collectors.toMap(BufferPoolMXBean::getName, BufferPoolMXBean::getCount));
  }
}
