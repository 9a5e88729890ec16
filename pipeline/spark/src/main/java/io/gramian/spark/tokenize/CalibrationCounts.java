package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What one pass over a calibration set tells.
 *
 * @param sequences rows
 * @param broken rows whose columns contradict each other
 * @param distinct different sequence ids
 * @param first smallest sequence id
 * @param last largest sequence id
 * @param tokens sum of the token counts
 * @param longest largest token count
 * @param largestToken largest token id that counts
 */
record CalibrationCounts(
    long sequences,
    long broken,
    long distinct,
    long first,
    long last,
    long tokens,
    int longest,
    long largestToken) {

  private static final String BROKEN =
      """
      (sequence_id IS NULL OR input_ids IS NULL OR token_count IS NULL
        OR token_count < 1 OR token_count > size(input_ids)
        OR exists(slice(input_ids, 1, CAST(token_count AS INT)),
             id -> id IS NULL OR id < 0 OR id > 2147483647))""";

  /** Runs the pass. */
  static CalibrationCounts of(Dataset<Row> rows) {
    Row row =
        rows.selectExpr(
                "sequence_id",
                BROKEN + " AS broken",
                "token_count",
                "CASE WHEN "
                    + BROKEN
                    + " THEN 0 ELSE array_max(slice(input_ids, 1,"
                    + " CAST(token_count AS INT))) END AS token")
            .selectExpr(
                "count(*)",
                "count_if(broken)",
                "count(DISTINCT sequence_id)",
                "coalesce(CAST(min(sequence_id) AS BIGINT), 0)",
                "coalesce(CAST(max(sequence_id) AS BIGINT), 0)",
                "coalesce(CAST(sum(token_count) AS BIGINT), 0)",
                "coalesce(CAST(max(token_count) AS BIGINT), 0)",
                "coalesce(CAST(max(token) AS BIGINT), 0)")
            .first();
    return new CalibrationCounts(
        row.getLong(0),
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        (int) row.getLong(6),
        row.getLong(7));
  }

  /** Throws if the set cannot be used. */
  void require(String folder) {
    if (sequences == 0) {
      throw new UserException("calibration set " + folder + " holds no sequences");
    }
    if (broken > 0) {
      throw new UserException(
          String.format(
                  Locale.ROOT,
                  "calibration set %s: in %d of %d rows token_count and input_ids do not fit: wanted are 1",
                  folder,
                  broken,
                  sequences)
              + " <= token_count <= size(input_ids), ids >= 0, and no nulls");
    }
    if (distinct != sequences || first != 0 || last != sequences - 1) {
      throw new UserException(
          String.format(
                  Locale.ROOT,
                  "calibration set %s: %d rows have %d different sequence ids from %d to %d; wanted is each",
                  folder,
                  sequences,
                  distinct,
                  first,
                  last)
              + String.format(Locale.ROOT, " of 0 to %d once", sequences - 1));
    }
  }
}
