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

/** {@code choices/}: Parquet with one row a stage and keep ratio. */
public final class ChoiceTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("stage", DataTypes.StringType, false)
          .add("keep_ratio", DataTypes.DoubleType, false)
          .add("questions", DataTypes.LongType, false)
          .add("accuracy", DataTypes.DoubleType, false)
          .add("normalised_accuracy", DataTypes.DoubleType, false)
          .add("parameters", DataTypes.LongType, false)
          .add("allocation", DataTypes.StringType, false);

  private ChoiceTable() {}

  /** Writes the rows in the given order, replacing a table that is there. */
  public static void write(
      SparkSession session, List<ChoiceEvaluation> evaluations, HadoopDirectory run, String folder)
      throws IOException {
    List<Row> rows = evaluations.stream().map(ChoiceTable::row).toList();
    ParquetFolder.write(session.createDataFrame(rows, SCHEMA).coalesce(1), run, folder);
  }

  /** Reads a table back. */
  public static List<ChoiceEvaluation> read(SparkSession session, HadoopDirectory folder) {
    return session.read().schema(SCHEMA).parquet(folder.path().toString()).collectAsList().stream()
        .map(ChoiceTable::evaluation)
        .toList();
  }

  private static Row row(ChoiceEvaluation e) {
    return RowFactory.create(
        e.stage(),
        e.keepRatio(),
        e.questions(),
        e.accuracy(),
        e.normalisedAccuracy(),
        e.parameters(),
        e.allocation());
  }

  private static ChoiceEvaluation evaluation(Row row) {
    return new ChoiceEvaluation(
        row.getString(0),
        row.getDouble(1),
        row.getLong(2),
        row.getDouble(3),
        row.getDouble(4),
        row.getLong(5),
        row.getString(6));
  }
}
