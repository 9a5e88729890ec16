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
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A session whose width changes between tokens continues the text as if each token had been read at
 * its own width: against an independent double-precision decoder ({@link PlainDecoder}) that
 * computes just that.
 */
class MixedWidthsIT {

  private static final long SEED = 53;
  private static final int SCRIPTS = 6;
  private static final int TOKENS = 30;
  private static final int BATCH = 4;
  private static final double TOLERANCE = 1e-3;

  private static final KeepRatio WIDE = new KeepRatio(0.85);
  private static final KeepRatio NARROW = new KeepRatio(0.65);
  private static final KeepRatio NARROWER = new KeepRatio(0.5);
  private static final List<KeepRatio> RATIOS = List.of(KeepRatio.FULL, WIDE, NARROW, NARROWER);
  private static final List<KeepRatio> PARTS = List.of(WIDE, NARROW, NARROWER);

  @TempDir private Path folder;

  @BeforeAll
  static void natives() {
    NativeRuntime.load();
  }

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  /** The session is reset between scripts at whatever width it has then. */
  @ParameterizedTest
  @MethodSource("configs")
  void everyTokenAtItsOwnWidth(String config) throws IOException {
    LocalDirectory artifact = SmallArtifact.write(config, SEED, folder);
    run(artifact, config, KeepRatio.FULL, RATIOS);
  }

  /** Channels that the caches have no room for, the session never uses. */
  @ParameterizedTest
  @MethodSource("configs")
  void narrowSessions(String config) throws IOException {
    LocalDirectory artifact = SmallArtifact.write(config, SEED, folder);
    run(artifact, config, WIDE, PARTS);
  }

  /** Allocations: neither of two widths needs to contain the other. */
  @ParameterizedTest
  @MethodSource("configs")
  void widthsThatDoNotNest(String config) throws IOException {
    LocalDirectory artifact = SmallArtifact.write(config, SEED, folder);
    SmallArtifact.allocate(artifact, PARTS, new Random(SEED));
    run(artifact, config, KeepRatio.FULL, RATIOS);
  }

  /** A smaller ratio that keeps more of a block than the session's widest finds room for it. */
  @ParameterizedTest
  @MethodSource("configs")
  void narrowSessionsOfWidthsThatDoNotNest(String config) throws IOException {
    LocalDirectory artifact = SmallArtifact.write(config, SEED, folder);
    SmallArtifact.allocate(artifact, PARTS, new Random(SEED));
    run(artifact, config, WIDE, List.of(WIDE, NARROW, NARROWER, new KeepRatio(0.8)));
  }

  private static void run(
      LocalDirectory artifact, String config, KeepRatio widest, List<KeepRatio> ratios)
      throws IOException {
    try (PackedCheckpoint packed = PackedCheckpoint.open(artifact);
        EdgeModel edge = EdgeModel.open(artifact, new EdgeSettings(2, Kernels.best()))) {
      EdgeSession session = edge.session(new SessionSettings(TOKENS, BATCH, widest));
      PlainDecoder expected = PlainDecoder.of(packed);
      KeepRatio least = ratios.get(ratios.size() - 1);
      Comparison comparison = new Comparison(edge, session, expected);
      comparison.run(WidthScript.of(6, ratios.get(1), least, widest, ratios.get(1)), config, SEED);
      comparison.run(
          WidthScript.of(1, widest, ratios.get(1), least, widest, ratios.get(1)), config, SEED);
      for (long seed = SEED; seed < SEED + SCRIPTS; seed++) {
        comparison.run(WidthScript.random(new Random(seed), ratios, TOKENS), config, seed);
      }
    }
  }

  /** A session and what it is to be. */
  private record Comparison(EdgeModel edge, EdgeSession session, PlainDecoder expected) {

    /** A new text. */
    void run(WidthScript script, String config, long seed) {
      session.reset();
      expected.reset();
      Random random = new Random(seed);
      for (WidthScript.Step step : script.steps()) {
        int[] ids = random.ints(step.tokens(), 0, edge.spec().vocabularySize()).toArray();
        step.switches().forEach(session::setKeepRatio);
        float[] actual = session.append(ids);
        double[] last = {};
        for (int id : ids) {
          last = expected.next(id, edge.widths(session.keepRatio()));
        }
        assertThat(relativeDifference(actual, last))
            .as("%s, seed %d, %s, behind token %d", config, seed, script, session.position())
            .isLessThan(TOLERANCE);
      }
    }
  }

  /** The largest difference over the largest logit. */
  private static double relativeDifference(float[] actual, double[] expected) {
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(Float.isFinite(actual[i])).as("logit %d is %s", i, actual[i]).isTrue();
      difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    return difference / largest;
  }
}
