package io.gramian.spark.tokenize;

import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.ParquetFolder;
import java.io.IOException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Writes sequences as Parquet: a folder that appears whole, holds nothing but {@code
 * part-00000.parquet} and so on, and depends on nothing but the sequences.
 */
final class CalibrationWriter {

  private final SparkSession session;

  CalibrationWriter(SparkSession session) {
    this.session = session;
  }

  /**
   * Writes a folder, replacing one that is there.
   *
   * @param sequences in order, a file a partition
   * @return the folder
   */
  HadoopDirectory write(JavaRDD<CalibrationSequence> sequences, HadoopDirectory run, String folder)
      throws IOException {
    JavaRDD<Row> rows =
        sequences.map(s -> RowFactory.create(s.id(), s.tokens(), s.tokens().length));
    return ParquetFolder.write(
        session.createDataFrame(rows, CalibrationSchema.WRITTEN), run, folder);
  }
}
