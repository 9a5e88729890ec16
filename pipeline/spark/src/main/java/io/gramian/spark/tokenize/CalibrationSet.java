package io.gramian.spark.tokenize;

import static io.gramian.spark.tokenize.CalibrationSchema.INPUT_IDS;
import static io.gramian.spark.tokenize.CalibrationSchema.SEQUENCE_ID;
import static io.gramian.spark.tokenize.CalibrationSchema.TOKEN_COUNT;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * A folder of calibration sequences, ours or another tool's: Parquet with {@code sequence_id},
 * {@code input_ids} and {@code token_count}. Arrays may be padded at their end; only the first
 * {@code token_count} ids of each are ever handed out.
 *
 * <p>Opening runs one job that counts and checks; nothing is collected but that.
 */
public final class CalibrationSet {

  /** Rows that are not what the schema promises. */
  private static final String BROKEN =
      """
      sequence_id IS NULL OR input_ids IS NULL OR token_count IS NULL
        OR token_count < 1 OR token_count > size(input_ids)
        OR exists(slice(input_ids, 1, token_count), id -> id IS NULL OR id < 0)""";

  private final Dataset<Row> rows;
  private final String path;
  private final Counts counts;

  private CalibrationSet(Dataset<Row> rows, String path, Counts counts) {
    this.rows = rows;
    this.path = path;
    this.counts = counts;
  }
}
