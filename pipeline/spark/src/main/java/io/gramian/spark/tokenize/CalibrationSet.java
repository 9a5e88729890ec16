package io.gramian.spark.tokenize;

import static io.gramian.spark.tokenize.CalibrationSchema.INPUT_IDS;
import static io.gramian.spark.tokenize.CalibrationSchema.SEQUENCE_ID;
import static io.gramian.spark.tokenize.CalibrationSchema.TOKEN_COUNT;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of calibration sequences, ours or another tool's: Parquet with {@code sequence_id},
 * {@code input_ids} and {@code token_count}. Arrays may be padded at their end; only the first
 * {@code token_count} ids of each are ever handed out.
 *
 * <p>Opening runs one job that counts and checks; nothing is collected but that.
 */
public final class CalibrationSet {

  private final Dataset<Row> rows;
  private final String path;
  private final CalibrationCounts counts;

  private CalibrationSet(Dataset<Row> rows, String path, CalibrationCounts counts) {
    this.rows = rows;
    this.path = path;
    this.counts = counts;
  }

  /**
   * Opens a folder and checks every row of it.
   *
   * @param path the folder, local or anything Hadoop reads
   * @throws UserException if it is missing, is no Parquet, lacks a column, holds a row whose {@code
   *     token_count} does not fit its ids, or sequence ids that are not 0 to N - 1, once each
   */
  public static CalibrationSet open(SparkSession session, String path) throws IOException {
    HadoopDirectory folder = HadoopDirectory.of(path, session.sparkContext().hadoopConfiguration());
    String name = folder.name();
    Dataset<Row> found = read(session, folder);
    CalibrationSchema.require(found.schema(), name);
    Dataset<Row> rows = found.select(SEQUENCE_ID, INPUT_IDS, TOKEN_COUNT);
    CalibrationCounts counts = CalibrationCounts.of(rows);
    counts.require(name);
    return new CalibrationSet(rows, name, counts);
  }

  /** The folder. */
  public String path() {
    return path;
  }

  /** How many sequences there are. */
  public long sequences() {
    return counts.sequences();
  }

  /** How many tokens they hold, without padding. */
  public long tokens() {
    return counts.tokens();
  }

  /** The most tokens that a sequence holds. */
  public int longestSequence() {
    return counts.longest();
  }

  /** The largest token id, to be compared with a model's vocabulary. */
  public int largestToken() {
    return Math.toIntExact(counts.largestToken());
  }

  /**
   * All sequences by ascending {@code sequence_id}, as columns {@code sequence_id long, input_ids
   * array<int>, token_count int}, with padding cut off.
   */
  public Dataset<Row> rows() {
    return trimmed().orderBy(SEQUENCE_ID);
  }

  /** {@link #rows} as objects. */
  public JavaRDD<CalibrationSequence> sequencesInOrder() {
    return objects(rows());
  }

  /** The same in any order, which spares a sort. */
  public JavaRDD<CalibrationSequence> sequencesInAnyOrder() {
    return objects(trimmed());
  }

  /** The same rows in any order. */
  Dataset<Row> trimmed() {
    return rows.selectExpr(
        "CAST(sequence_id AS BIGINT) AS sequence_id",
        "CAST(slice(input_ids, 1, CAST(token_count AS INT)) AS ARRAY<INT>) AS input_ids",
        "CAST(token_count AS INT) AS token_count");
  }

  private static JavaRDD<CalibrationSequence> objects(Dataset<Row> rows) {
    return rows.javaRDD()
        .map(
            row ->
                new CalibrationSequence(
                    row.getLong(0),
                    row.<Integer>getList(1).stream().mapToInt(Integer::intValue).toArray()));
  }

  private static Dataset<Row> read(SparkSession session, HadoopDirectory folder)
      throws IOException {
    FileSystem files = folder.path().getFileSystem(session.sparkContext().hadoopConfiguration());
    if (!files.exists(folder.path())) {
      throw new UserException("calibration set " + folder.name() + " does not exist");
    }
    try {
      return session.read().parquet(folder.path().toString());
    } catch (Exception e) {
      // Spark declares no checked exception here, yet throws one for a folder without Parquet.
      if (e instanceof AnalysisException || e instanceof SparkException) {
        throw new UserException(
            "calibration set " + folder.name() + " holds no readable Parquet files", e);
      }
      throw e;
    }
  }
}
