package io.gramian.spark.run;

import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.GramianSession;
import io.gramian.spark.session.TestProcess;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The sample calibrated layer by layer, here or in a driver process that can be killed. */
final class CalibrationProcess {

  static final int SHARDS = 3;

  private static final Path DATA = Path.of(System.getProperty("gramian.root"), "calibration-data");

  /** Less than a layer of the sample. */
  private static final long ONE_LAYER = 1;

  private CalibrationProcess() {}

  /** Starts one. */
  static Process start(Path run) throws IOException {
    return TestProcess.start(
        CalibrationProcess.class,
        run.resolveSibling(run.getFileName() + ".log"),
        List.of(run.toString()));
  }

  /** In the process. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession session =
        GramianSession.open("calibration", TestProcess.settings("local[2]"))) {
      calibrate(session, Path.of(arguments[0]), ProgressListener.SILENT);
    }
  }

  /** Here. */
  static RecordedProgress calibrate(SparkSession session, Path run) throws IOException {
    RecordedProgress progress = new RecordedProgress();
    calibrate(session, run, progress);
    return progress;
  }

  private static void calibrate(SparkSession session, Path folder, ProgressListener progress)
      throws IOException {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    HadoopDirectory directory = HadoopDirectory.of(folder.toString(), spark.hadoopConfiguration());
    Run run = Run.open(spark, directory, List.of("calibrate"), ExistingOutputs.REFUSE);
    PipelineSettings settings =
        new PipelineSettings(DATA.resolve("llama-tiny").toString(), ONE_LAYER, 2);
    TextSource text =
        new TextSource(
            DATA.resolve("text/public-domain.train.jsonl").toString(),
            "text",
            new TokenizeRequest.Cut(512, OptionalInt.of(4 * SHARDS), Packing.PACK));
    new Pipeline(session, run, settings, progress).calibrate(text);
  }
}
