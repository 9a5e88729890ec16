package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Calibration sets one after the other, without the sequences of some others. A sequence that
 * occurs several times is left out as often as the others have it, the first ones first.
 */
public final class CalibrationUnion {

  private static final String PHASE = "merge: write sequences";

  private final SparkSession session;
  private final List<CalibrationSet> added;
  private final List<CalibrationSet> subtracted;

  /**
   * Writes nothing yet.
   *
   * @param added at least one
   * @param subtracted whose sequences are among those of {@code added}
   */
  public CalibrationUnion(
      SparkSession session, List<CalibrationSet> added, List<CalibrationSet> subtracted) {
    this.session = session;
    this.added = List.copyOf(added);
    this.subtracted = List.copyOf(subtracted);
  }

  /**
   * Checks that what is left out is there.
   *
   * @throws UserException with the numbers, if it is not
   */
  public void requireContained() {
    if (subtracted.isEmpty()) {
      return;
    }
    long foreign = without(counted(subtracted), counted(added)).count();
    if (foreign > 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d of %,d sequences to be subtracted (%s) are not among those added: only a part of"
                  + " what is added can be taken away again",
              foreign,
              subtracted.stream().mapToLong(CalibrationSet::sequences).sum(),
              String.join(", ", subtracted.stream().map(CalibrationSet::path).toList())));
    }
  }

  /** Writes {@code calibration/} into {@code run}, replacing one that is there. */
  public void write(HadoopDirectory run) throws IOException {
    Dataset<Row> rows =
        subtracted.isEmpty() ? numbered(added) : without(counted(added), counted(subtracted));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    try (JobPhase phase = JobPhase.begin(spark, PHASE, "write sequences to " + run.name())) {
      JavaRDD<Piece> pieces =
          rows.orderBy("part", CalibrationSchema.SEQUENCE_ID)
              .select(CalibrationSchema.INPUT_IDS)
              .javaRDD()
              .zipWithIndex()
              .map(row -> piece(row._2(), row._1().<Integer>getList(0)));
      JavaRDD<CalibrationSequence> sequences =
          SequenceJoin.join(
              pieces, rows.count(), Tokenize.SEQUENCES_PER_FILE, spark.sc().longAccumulator());
      new CalibrationWriter(session).write(sequences, run, Tokenize.CALIBRATION);
    }
  }

  private static Piece piece(long sequence, List<Integer> ids) {
    int[] tokens = ids.stream().mapToInt(Integer::intValue).toArray();
    return Piece.of(new PieceKey(sequence, 0), tokens, 0, tokens.length);
  }

  /** {@code part} is the set's place in the list. */
  private static Dataset<Row> numbered(List<CalibrationSet> sets) {
    return IntStream.range(0, sets.size())
        .mapToObj(
            part ->
                sets.get(part).trimmed().selectExpr(part + " AS part", "sequence_id", "input_ids"))
        .reduce(Dataset::unionAll)
        .orElseThrow();
  }

  /** {@code copy} tells equal sequences apart. */
  private static Dataset<Row> counted(List<CalibrationSet> sets) {
    return numbered(sets)
        .selectExpr(
            "*", "row_number() OVER (PARTITION BY input_ids ORDER BY part, sequence_id) AS copy");
  }

  private static Dataset<Row> without(Dataset<Row> rows, Dataset<Row> others) {
    Dataset<Row> keys = others.selectExpr("input_ids AS other_ids", "copy AS other_copy");
    return rows.join(
        keys,
        rows.col("input_ids")
            .equalTo(keys.col("other_ids"))
            .and(rows.col("copy").equalTo(keys.col("other_copy"))),
        "left_anti");
  }
}
