package io.gramian.spark.report;

import io.gramian.spark.ablate.Ablate;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.quantize.Quantize;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Reads {@code evaluation/} and {@code ablation/}. Columns are found by name, and what a table of
 * another version lacks is not shown.
 */
final class ScoreTables {

  private static final String DENSE = "dense";
  private static final String MODEL_STAGE = "model";
  private static final String UNIFORM = "uniform";

  private final SparkSession session;
  private final HadoopDirectory run;

  ScoreTables(SparkSession session, HadoopDirectory run) {
    this.session = session;
    this.run = run;
  }

  /** All scores of the run: evaluated stages first, each table in its own order. */
  List<Score> read() throws IOException {
    List<Score> scores = new ArrayList<>();
    rows(Evaluate.EVALUATION).stream().map(ScoreTables::stage).forEach(scores::add);
    rows(Ablate.ABLATION).stream().map(ScoreTables::ablation).forEach(scores::add);
    return scores;
  }

  private List<Row> rows(String folder) throws IOException {
    return run.exists(folder)
        ? session.read().parquet(run.resolve(folder).path().toString()).collectAsList()
        : List.of();
  }

  private static Score stage(Row row) {
    String stage = row.getAs("stage");
    double keepRatio = row.getAs("keep_ratio");
    Score.Kind kind = kind(stage, keepRatio);
    return score(kind == Score.Kind.DENSE ? DENSE : stage, kind, row);
  }

  private static Score.Kind kind(String stage, double keepRatio) {
    if (stage.equals(Quantize.QUANTIZED)) {
      return Score.Kind.ARTIFACT;
    }
    return stage.equals(MODEL_STAGE) && keepRatio == 1 ? Score.Kind.DENSE : Score.Kind.STAGE;
  }

  private static Score ablation(Row row) {
    String criteria = row.getAs("criteria");
    String allocation = text(row, "allocation");
    String curve =
        allocation.isEmpty() || allocation.equals(UNIFORM)
            ? criteria
            : criteria + ", " + allocation + " widths";
    return criteria.equals(DENSE)
        ? score(DENSE, Score.Kind.DENSE, row)
        : score(curve, Score.Kind.ABLATION, row);
  }

  private static Score score(String curve, Score.Kind kind, Row row) {
    return new Score(
        curve,
        kind,
        text(row, "allocation"),
        row.getAs("keep_ratio"),
        new Score.Quality(
            row.getAs("tokens"),
            row.getAs("loss"),
            row.getAs("perplexity"),
            row.getAs("top1_accuracy")),
        new Score.Size(number(row, "parameters"), number(row, "bytes")));
  }

  private static String text(Row row, String column) {
    return cell(row, column).map(String.class::cast).findFirst().orElse("");
  }

  private static OptionalLong number(Row row, String column) {
    return cell(row, column).map(Long.class::cast).mapToLong(Long::longValue).findFirst();
  }

  /** The cell, unless the column is missing or the cell null. */
  private static Stream<Object> cell(Row row, String column) {
    boolean there = Arrays.asList(row.schema().fieldNames()).contains(column);
    return there ? Stream.ofNullable(row.getAs(column)) : Stream.empty();
  }
}
