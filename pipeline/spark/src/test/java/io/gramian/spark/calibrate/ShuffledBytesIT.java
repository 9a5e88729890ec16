package io.gramian.spark.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.RandomModel;
import io.gramian.compress.statistics.StatisticSize;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.session.TestSession;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a calibration moves between tasks is what {@link StatisticSize} says. */
class ShuffledBytesIT {

  private static final long SEED = 47;
  private static final double TOLERANCE = 0.1;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llamaGrouped", "mamba2TwoGroups", "nemotronPattern"})
  void areThePlannedOnes(String config) throws Exception {
    RandomModel.write(config, SEED, folder.resolve("model")).close();
    assertPlanned("model");
  }

  /** Whose sums have the sizes of a trained model's, which is what would compress. */
  @Test
  void areThePlannedOnesOfATrainedModel() throws Exception {
    Path tiny = Path.of(System.getProperty("gramian.root"), "calibration-data/llama-tiny");
    assertPlanned(tiny.toString());
  }

  private void assertPlanned(String model) throws Exception {
    ShuffleWrites writes = new ShuffleWrites();
    SparkContext context = TestSession.context().sc();
    context.addSparkListener(writes);
    try {
      Calibrations.in(folder)
          .calibrate(
              model, "run", Calibrations.How.of(Calibrations.WHOLE_MODEL, Calibrations.SHARDS));
      context.listenerBus().waitUntilEmpty();
    } finally {
      context.removeSparkListener(writes);
    }
    // The stages: sequences to their shards, then shards to tiles.
    long measured = writes.byStage.lastEntry().getValue();
    long planned = Calibrations.SHARDS * bytes(model);
    System.out.printf(
        Locale.ROOT, "%s: planned %,d bytes, shuffled %,d%n", model, planned, measured);
    assertThat((double) measured)
        .as(String.format(Locale.ROOT, "seed %d, %,d bytes, planned %,d", SEED, measured, planned))
        .isBetween((1 - TOLERANCE) * planned, (1 + TOLERANCE) * planned);
  }

  private long bytes(String model) throws IOException {
    try (ModelCheckpoint checkpoint =
        ModelCheckpoint.open(
            io.gramian.spark.wave.CalibrationFolder.directory(folder.resolve(model)))) {
      return checkpoint.spec().blocks().stream()
          .flatMap(block -> StatisticSize.of(block).stream())
          .mapToLong(StatisticSize::wireBytes)
          .sum();
    }
  }

  /** Bytes that each stage left for the next. */
  private static final class ShuffleWrites extends SparkListener {

    private final ConcurrentSkipListMap<Integer, Long> byStage = new ConcurrentSkipListMap<>();

    @Override
    public void onStageCompleted(SparkListenerStageCompleted completed) {
      long bytes = completed.stageInfo().taskMetrics().shuffleWriteMetrics().bytesWritten();
      if (bytes > 0) {
        byStage.put(completed.stageInfo().stageId(), bytes);
      }
    }
  }
}
