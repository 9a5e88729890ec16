package io.gramian.spark.run;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Coupling;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.EvaluationTable;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortRequest;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.tokenize.Tokenize;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The phases of a run, in order. Each method runs the earlier phases that it needs and the run lacks.
 *
 * <p>Inputs are opened and checked when the pipeline is made, before any job runs.
 */
public final class Pipeline {

  private static final String TOKENIZE = "tokenize";
  private static final String CHECK = "check";
  private static final String EVALUATION_TEXT = "evaluation-text";

  /** Micro-shards that the check after sorting scores: some eight thousand tokens. */
  private static final int CHECKED_SHARDS = 4;

  /** Counts up when a phase's outputs change for the same input. */
  private static final String FORMAT = "1";

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final Run run;
  private final PipelineSettings settings;
  private final ProgressListener progress;
  private final HadoopDirectory model;
  private final SortedMap<String, String> modelChecksums;

  /**
   * Opens the inputs.
   *
   * @throws UserException if the checkpoint is not what it should be
   */
  public Pipeline(
      SparkSession session, Run run, PipelineSettings settings, ProgressListener progress)
      throws IOException {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.run = run;
    this.settings = settings;
    this.progress = progress;
    this.model = HadoopDirectory.of(settings.model(), spark.hadoopConfiguration());
    this.modelChecksums = InputChecksums.of(spark, model, modelFiles(model));
  }

  private static List<String> modelFiles(HadoopDirectory model) throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      checkpoint.validate();
      List<String> files = new ArrayList<>(checkpoint.checkpoint().files());
      files.add(HfConfig.FILE);
      files.add("tokenizer.json");
      List<String> present = model.list();
      return files.stream().filter(present::contains).toList();
    }
  }
}
