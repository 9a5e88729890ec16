package io.gramian.spark.ablate;

import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.Coupling;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.ParquetFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code ablation/}: Parquet with one row a combination: name, the criterion of every coupling,
 * allocation, keep ratio, parameters, tokens, loss, perplexity and top-1 accuracy.
 */
public final class AblationTable {

  private static final StructType SCHEMA = schema();

  private AblationTable() {}

  private static StructType schema() {
    StructType schema = new StructType().add("criteria", DataTypes.StringType, false);
    for (Coupling coupling : Coupling.values()) {
      schema = schema.add(column(coupling), DataTypes.StringType, false);
    }
    return schema
        .add("allocation", DataTypes.StringType, false)
        .add("keep_ratio", DataTypes.DoubleType, false)
        .add("parameters", DataTypes.LongType, false)
        .add("tokens", DataTypes.LongType, false)
        .add("loss", DataTypes.DoubleType, false)
        .add("perplexity", DataTypes.DoubleType, false)
        .add("top1_accuracy", DataTypes.DoubleType, false);
  }

  private static String column(Coupling coupling) {
    return coupling.label().replace('-', '_') + "_criterion";
  }

  /** Writes the rows in the given order, replacing a table that is there. */
  public static void write(
      SparkSession session, List<Ablation> ablations, HadoopDirectory run, String folder)
      throws IOException {
    List<Row> rows = ablations.stream().map(AblationTable::row).toList();
    ParquetFolder.write(session.createDataFrame(rows, SCHEMA).coalesce(1), run, folder);
  }

  private static Row row(Ablation ablation) {
    List<Object> cells = new ArrayList<>();
    cells.add(ablation.set().name());
    Map<Coupling, String> labels = ablation.set().criteria().labels();
    for (Coupling coupling : Coupling.values()) {
      cells.add(ablation.set().name().equals(Ablation.DENSE) ? "none" : labels.get(coupling));
    }
    cells.add(ablation.allocation());
    cells.add(ablation.keepRatio());
    cells.add(ablation.parameters());
    cells.add(ablation.tokens());
    cells.add(ablation.loss());
    cells.add(ablation.perplexity());
    cells.add(ablation.top1Accuracy());
    return RowFactory.create(cells.toArray());
  }

  /** Reads a table back. */
  public static List<Ablation> read(SparkSession session, HadoopDirectory folder) {
    return session.read().schema(SCHEMA).parquet(folder.path().toString()).collectAsList().stream()
        .map(AblationTable::ablation)
        .toList();
  }

  private static Ablation ablation(Row row) {
    String name = row.getAs("criteria");
    return new Ablation(
        name.equals(Ablation.DENSE)
            ? new NamedCriteria(name, SortCriteria.DEFAULT)
            : NamedCriteria.parse(name),
        row.getAs("allocation"),
        row.getAs("keep_ratio"),
        row.getAs("parameters"),
        row.getAs("tokens"),
        row.getAs("loss"),
        row.getAs("perplexity"),
        row.getAs("top1_accuracy"));
  }
}
