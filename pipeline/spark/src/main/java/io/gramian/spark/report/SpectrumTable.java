package io.gramian.spark.report;

import io.gramian.spark.sort.Sort;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Reads {@code rank-orders/}. */
final class SpectrumTable {

  private final SparkSession session;
  private final HadoopDirectory run;

  SpectrumTable(SparkSession session, HadoopDirectory run) {
    this.session = session;
    this.run = run;
  }

  /** The spectrum of every coupling group, by block, coupling and head; none if not sorted yet. */
  List<Spectrum> read() throws IOException {
    if (!run.exists(Sort.RANK_ORDERS)) {
      return List.of();
    }
    return session
        .read()
        .parquet(run.resolve(Sort.RANK_ORDERS).path().toString())
        .collectAsList()
        .stream()
        .sorted(
            Comparator.<Row>comparingInt(row -> row.getAs("block_index"))
                .thenComparing(row -> row.<String>getAs("coupling"))
                .thenComparingInt(row -> row.getAs("head")))
        .map(SpectrumTable::spectrum)
        .toList();
  }

  private static Spectrum spectrum(Row row) {
    List<Integer> order = row.getList(row.fieldIndex("order"));
    List<Double> score = row.getList(row.fieldIndex("score"));
    return new Spectrum(
        new Spectrum.Block(row.getAs("block_index"), row.getAs("layer_index"), row.getAs("mixer")),
        row.getAs("coupling"),
        row.getAs("criterion"),
        row.getAs("unit"),
        IntStream.range(0, score.size()).mapToObj(rank -> score.get(order.get(rank))).toList());
  }
}
