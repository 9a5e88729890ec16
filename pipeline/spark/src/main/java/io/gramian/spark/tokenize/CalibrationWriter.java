package io.gramian.spark.tokenize;

import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Writes sequences as Parquet: a folder that appears whole, holds nothing but {@code
 * part-00000.parquet} and so on, and depends on nothing but the sequences.
 */
final class CalibrationWriter {

  /**
   * Settings that a cluster's configuration could otherwise change, and the bytes with them. Row
   * groups are small because Parquet shrinks them by the memory that concurrent writers leave: at
   * 16 MiB that would take dozens of writers in one JVM.
   */
  private static final Map<String, String> FIXED =
      Map.of(
          "compression", "snappy",
          "maxRecordsPerFile", "0",
          "parquet.block.size", Integer.toString(16 << 20),
          "parquet.page.size", Integer.toString(1 << 20),
          "parquet.enable.dictionary", "true",
          "mapreduce.fileoutputcommitter.marksuccessfuljobs", "false");

  private static final String FINISHED = "part-\\d{5}\\.parquet";

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
    String temporary = folder + ".tmp";
    run.delete(temporary);
    try {
      JavaRDD<Row> rows =
          sequences.map(s -> RowFactory.create(s.id(), s.tokens(), s.tokens().length));
      session
          .createDataFrame(rows, CalibrationSchema.WRITTEN)
          .write()
          .options(FIXED)
          .mode(SaveMode.ErrorIfExists)
          .parquet(run.resolve(temporary).path().toString());
      giveFinalNames(run.resolve(temporary));
      run.delete(folder);
      run.rename(temporary, folder);
    } finally {
      run.delete(temporary);
    }
    return run.resolve(folder);
  }

  /** Spark puts a random id into its file names, and a local disk adds checksum files. */
  private static void giveFinalNames(HadoopDirectory folder) throws IOException {
    List<String> parts = folder.list().stream().filter(name -> name.startsWith("part-")).toList();
    for (int i = 0; i < parts.size(); i++) {
      folder.rename(parts.get(i), String.format(Locale.ROOT, "part-%05d.parquet", i));
    }
    for (String left : folder.list()) {
      if (!left.matches(FINISHED)) {
        folder.delete(left);
      }
    }
  }
}
