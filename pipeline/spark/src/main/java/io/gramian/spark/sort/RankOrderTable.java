package io.gramian.spark.sort;

import io.gramian.model.CouplingGroup;
import io.gramian.model.RankOrder;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.storage.ParquetFolder;
import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code rank-orders/}: Parquet with one row a coupling group, for any engine to read. */
final class RankOrderTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("block_index", DataTypes.IntegerType, false)
          .add("layer_index", DataTypes.IntegerType, false)
          .add("mixer", DataTypes.StringType, false)
          .add("coupling", DataTypes.StringType, false)
          .add("head", DataTypes.IntegerType, false)
          .add("unit", DataTypes.StringType, false)
          .add("criterion", DataTypes.StringType, false)
          .add("order", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("score", DataTypes.createArrayType(DataTypes.DoubleType, false), false);

  private RankOrderTable() {}

  static void write(
      SparkSession session, List<RankOrder> orders, HadoopDirectory run, String folder)
      throws IOException {
    List<Row> rows = orders.stream().map(RankOrderTable::row).toList();
    ParquetFolder.write(session.createDataFrame(rows, SCHEMA).coalesce(1), run, folder);
  }

  private static Row row(RankOrder order) {
    CouplingGroup group = order.group();
    return RowFactory.create(
        group.blockIndex(),
        group.layerIndex(),
        group.mixer(),
        group.coupling().label(),
        group.head(),
        order.unit().label(),
        order.criterion(),
        order.order().toArray(),
        order.scores().toArray());
  }
}
