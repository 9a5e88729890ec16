package io.gramian.spark.calibrate;

import io.gramian.compress.TestData;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortRequest;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.CalibrationFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A trained model calibrated on the reference's tokens and sorted: once a JVM, for every test that
 * looks at it.
 *
 * @param statistics what calibrate wrote
 * @param folder with {@code statistics/}, {@code rank-orders/} and {@code sorted/}
 */
public record OracleRun(Statistics statistics, HadoopDirectory folder) {

  private static final Map<String, OracleRun> RUNS = new ConcurrentHashMap<>();

  /** The run of {@code llama-tiny} or {@code qwen2-tiny}. */
  public static OracleRun of(String model) {
    return RUNS.computeIfAbsent(model, OracleRun::make);
  }

  /** Where the model itself is. */
  public HadoopDirectory model() {
    return statistics.model();
  }

  private static OracleRun make(String model) {
    Path target = Path.of(System.getProperty("user.dir"), "target", "oracle-run", model);
    HadoopDirectory folder = CalibrationFolder.directory(target);
    try {
      CalibrationFolder.directory(target.getParent()).delete(model);
      CalibrationSet set =
          CalibrationFolder.write(
              target.resolve("calibration"), CalibrationFolder.oracle("calibration_ids"));
      HadoopDirectory source = CalibrationFolder.directory(TestData.folder(model));
      Statistics statistics = Statistics.calibrate(source, set, folder);
      new Sort(TestSession.get(), ProgressListener.SILENT)
          .run(new SortRequest(source, statistics.folder(), SortCriteria.DEFAULT, folder));
      return new OracleRun(statistics, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
