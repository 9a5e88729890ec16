package io.gramian.spark.evaluate;

import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.ParquetFolder;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code evaluation/}: Parquet with one row a stage and keep ratio. */
public final class EvaluationTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("stage", DataTypes.StringType, false)
          .add("keep_ratio", DataTypes.DoubleType, false)
          .add("tokens", DataTypes.LongType, false)
          .add("loss", DataTypes.DoubleType, false)
          .add("perplexity", DataTypes.DoubleType, false)
          .add("top1_accuracy", DataTypes.DoubleType, false)
          .add("bytes", DataTypes.LongType, false)
          .add("parameters", DataTypes.LongType, false)
          .add("allocation", DataTypes.StringType, false);

  private EvaluationTable() {}

  /** Writes the rows in the given order, replacing a table that is there. */
  public static void write(
      SparkSession session, List<Evaluation> evaluations, HadoopDirectory run, String folder)
      throws IOException {
    List<Row> rows = evaluations.stream().map(EvaluationTable::row).toList();
    ParquetFolder.write(session.createDataFrame(rows, SCHEMA).coalesce(1), run, folder);
  }

  /** Reads a table back. */
  public static List<Evaluation> read(SparkSession session, HadoopDirectory folder) {
    return session.read().schema(SCHEMA).parquet(folder.path().toString()).collectAsList().stream()
        .map(EvaluationTable::evaluation)
        .toList();
  }

  private static Row row(Evaluation e) {
    return RowFactory.create(
        e.stage(),
        e.keepRatio(),
        e.tokens(),
        e.loss(),
        e.perplexity(),
        e.top1Accuracy(),
        e.bytes(),
        e.parameters(),
        e.allocation());
  }

  private static Evaluation evaluation(Row row) {
    return new Evaluation(
        row.getString(0),
        row.getDouble(1),
        row.getLong(2),
        row.getDouble(3),
        row.getDouble(4),
        row.getDouble(5),
        row.getLong(6),
        row.getLong(7),
        row.getString(8));
  }
}
