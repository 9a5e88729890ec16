package io.gramian.spark.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import scala.Tuple2;

/**
 * Writes rows as Parquet: a folder that appears whole, holds nothing but {@code part-00000.parquet}
 * and so on, and depends on nothing but the rows and how they are cut into partitions.
 */
public final class ParquetFolder {

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

  private ParquetFolder() {}

  /**
   * Writes a folder, replacing one that is there.
   *
   * @param rows in order, a file a partition
   * @return the folder
   */
  public static HadoopDirectory write(Dataset<Row> rows, HadoopDirectory parent, String folder)
      throws IOException {
    String temporary = folder + ".partial";
    parent.delete(temporary);
    try {
      rows.write()
          .options(FIXED)
          .mode(SaveMode.ErrorIfExists)
          .parquet(parent.resolve(temporary).path().toString());
      finish(rows.sparkSession(), parent.resolve(temporary));
      parent.delete(folder);
      parent.rename(temporary, folder);
    } finally {
      parent.delete(temporary);
    }
    return parent.resolve(folder);
  }

  /**
   * Spark puts a random id into its file names, and a local disk adds checksum files. Each file is
   * finished by a task.
   */
  private static void finish(SparkSession session, HadoopDirectory folder) throws IOException {
    List<Tuple2<String, String>> names = new ArrayList<>();
    for (String part : folder.list()) {
      if (part.startsWith("part-")) {
        String finished = String.format(Locale.ROOT, "part-%05d.parquet", names.size());
        names.add(new Tuple2<>(part, finished));
      }
    }
    if (!names.isEmpty()) {
      JavaSparkContext.fromSparkContext(session.sparkContext())
          .parallelize(names, names.size())
          .foreach(name -> CanonicalParquet.rewrite(folder, name._1(), name._2()));
    }
    for (String left : folder.list()) {
      if (!left.matches(FINISHED)) {
        folder.delete(left);
      }
    }
  }
}
