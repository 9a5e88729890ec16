package io.gramian.spark.leverage;

import io.gramian.compress.sort.LeverageEstimate;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.ParquetFolder;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code leverage/}: Parquet with one row an MLP; the scores and errors of its channels, in the
 * original numbering.
 *
 * <p>Both have eight decimals: coarser than what Lanczos iterations leave open, finer than any
 * difference that means something. So channels which are equal, above all those that no token
 * reaches, tie and keep their order, instead of being told apart by noise. It does not make the
 * file the same at every run: a score on the border between two decimals may fall on either side,
 * and an order may change there. What is made from the file is the same to the bit.
 */
final class LeverageTable {

  private static final int DECIMALS = 8;

  /** What rounding may take a score away from where it was. */
  private static final double HALF_UNIT = 0.5e-8;

  private static final StructType SCHEMA =
      new StructType()
          .add("block_index", DataTypes.IntegerType, false)
          .add("score", DataTypes.createArrayType(DataTypes.DoubleType, false), false)
          .add("error", DataTypes.createArrayType(DataTypes.DoubleType, false), false);

  private LeverageTable() {}

  /** Writes the table, replacing one that is there. */
  static void write(
      SparkSession session, SortedMap<Integer, LeverageEstimate> estimates, HadoopDirectory run)
      throws IOException {
    List<Row> rows =
        estimates.entrySet().stream().map(entry -> row(entry.getKey(), entry.getValue())).toList();
    ParquetFolder.write(session.createDataFrame(rows, SCHEMA).coalesce(1), run, Leverage.LEVERAGE);
  }

  private static Row row(int block, LeverageEstimate estimate) {
    return RowFactory.create(
        block,
        estimate.scores().stream().map(s -> rounded(s, RoundingMode.HALF_EVEN)).toArray(),
        estimate.errors().stream()
            .map(error -> rounded(error + HALF_UNIT, RoundingMode.CEILING))
            .toArray());
  }

  private static double rounded(double value, RoundingMode mode) {
    return BigDecimal.valueOf(value).setScale(DECIMALS, mode).doubleValue();
  }

  /** By block index. */
  static SortedMap<Integer, LeverageEstimate> read(SparkSession session, HadoopDirectory run) {
    SortedMap<Integer, LeverageEstimate> estimates = new TreeMap<>();
    session
        .read()
        .schema(SCHEMA)
        .parquet(run.resolve(Leverage.LEVERAGE).path().toString())
        .collectAsList()
        .forEach(
            row ->
                estimates.put(row.getInt(0), new LeverageEstimate(row.getList(1), row.getList(2))));
    return estimates;
  }
}
