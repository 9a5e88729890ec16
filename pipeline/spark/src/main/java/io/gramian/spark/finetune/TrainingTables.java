package io.gramian.spark.finetune;

import io.gramian.compress.finetune.StepResult;
import io.gramian.model.KeepRatio;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.ParquetFolder;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code training-log/}: Parquet with a row a step, and {@code training-check/}: a row a check and
 * width. Steps count from 1, so that a check at step {@code n} follows the row of step {@code n};
 * the check at step 0 is that of the sorted model.
 */
public final class TrainingTables {

  /** Folder of the steps. */
  public static final String LOG = "training-log";

  /** Folder of the checks. */
  public static final String CHECKS = "training-check";

  private static final StructType LOG_SCHEMA =
      new StructType()
          .add("step", DataTypes.LongType, false)
          .add("keep_ratio", DataTypes.DoubleType, false)
          .add("loss", DataTypes.DoubleType, false)
          .add("learning_rate", DataTypes.DoubleType, false)
          .add("gradient_norm", DataTypes.DoubleType, false)
          .add("tokens", DataTypes.LongType, false);

  private static final StructType CHECKS_SCHEMA =
      new StructType()
          .add("step", DataTypes.LongType, false)
          .add("keep_ratio", DataTypes.DoubleType, false)
          .add("loss", DataTypes.DoubleType, false)
          .add("perplexity", DataTypes.DoubleType, false)
          .add("tokens", DataTypes.LongType, false);

  private TrainingTables() {}

  /** Writes both tables, replacing those that are there. */
  static void write(SparkSession session, TrainingHistory history, HadoopDirectory run)
      throws IOException {
    List<Row> steps = history.steps().stream().map(TrainingTables::row).toList();
    List<Row> checks = history.checks().stream().map(TrainingTables::row).toList();
    ParquetFolder.write(session.createDataFrame(steps, LOG_SCHEMA).coalesce(1), run, LOG);
    ParquetFolder.write(session.createDataFrame(checks, CHECKS_SCHEMA).coalesce(1), run, CHECKS);
  }

  /** The checks of a run, in order. */
  public static List<HeldOutLoss> readChecks(SparkSession session, HadoopDirectory run) {
    return rows(session, run, CHECKS, CHECKS_SCHEMA).stream()
        .map(
            row ->
                new HeldOutLoss(
                    row.getLong(0),
                    new KeepRatio(row.getDouble(1)),
                    row.getDouble(2),
                    row.getLong(4)))
        .toList();
  }

  /** The steps of a run, in order. */
  public static List<StepResult> readSteps(SparkSession session, HadoopDirectory run) {
    return rows(session, run, LOG, LOG_SCHEMA).stream()
        .map(
            row ->
                new StepResult(
                    row.getLong(0) - 1,
                    new KeepRatio(row.getDouble(1)),
                    row.getDouble(2),
                    row.getDouble(4),
                    row.getDouble(3),
                    row.getLong(5)))
        .toList();
  }

  private static List<Row> rows(
      SparkSession session, HadoopDirectory run, String folder, StructType schema) {
    return session
        .read()
        .schema(schema)
        .parquet(run.resolve(folder).path().toString())
        .collectAsList();
  }

  private static Row row(StepResult step) {
    return RowFactory.create(
        step.step() + 1,
        step.ratio().value(),
        step.loss(),
        step.learningRate(),
        step.gradientNorm(),
        step.tokens());
  }

  private static Row row(HeldOutLoss check) {
    return RowFactory.create(
        check.updates(), check.ratio().value(), check.loss(), check.perplexity(), check.tokens());
  }
}
