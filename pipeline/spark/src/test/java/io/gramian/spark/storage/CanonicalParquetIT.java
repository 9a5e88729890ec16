package io.gramian.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.ByteSource;
import io.gramian.spark.session.TestSession;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.Util;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CanonicalParquetIT {

  private static final StructType SCHEMA =
      new StructType()
          .add("name", DataTypes.StringType, false)
          .add("values", DataTypes.createArrayType(DataTypes.IntegerType, false), false);

  @TempDir Path folder;

  @Test
  void footerListsEncodingsInOneOrderAndRowsStay() throws IOException {
    HadoopDirectory written = write();
    FileMetaData metadata = metadata(footer(written));
    List<Encoding> encodings = encodings(metadata);
    assertThat(encodings).hasSizeGreaterThan(1).isSorted();
    assertThat(
            TestSession.get().read().parquet(written.path().toString()).collectAsList().stream()
                .map(row -> row.getString(0) + row.getList(1)))
        .containsExactly("a[1, 2]", "b[3]");
  }

  @Test
  void anyOrderOfEncodingsComesOutTheSame() throws IOException {
    byte[] footer = footer(write());
    FileMetaData shuffled = metadata(footer);
    shuffled
        .getRow_groups()
        .forEach(
            group ->
                group
                    .getColumns()
                    .forEach(column -> Collections.reverse(column.getMeta_data().getEncodings())));
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    Util.writeFileMetaData(shuffled, other);
    assertThat(other.toByteArray()).isNotEqualTo(footer);
    assertThat(CanonicalParquet.canonical(other.toByteArray())).isEqualTo(footer);
  }

  private HadoopDirectory write() throws IOException {
    SparkSession session = TestSession.get();
    List<Row> rows =
        List.of(
            RowFactory.create("a", new Integer[] {1, 2}),
            RowFactory.create("b", new Integer[] {3}));
    HadoopDirectory parent =
        HadoopDirectory.of(folder.toString(), session.sparkContext().hadoopConfiguration());
    return ParquetFolder.write(session.createDataFrame(rows, SCHEMA).coalesce(1), parent, "table");
  }

  private static byte[] footer(HadoopDirectory table) throws IOException {
    assertThat(table.list()).containsExactly("part-00000.parquet");
    try (ByteSource source = table.open("part-00000.parquet")) {
      ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
      source.read(source.size() - 8, length);
      ByteBuffer footer = ByteBuffer.allocate(length.getInt(0));
      source.read(source.size() - 8 - footer.capacity(), footer);
      return footer.array();
    }
  }

  private static FileMetaData metadata(byte[] footer) throws IOException {
    return Util.readFileMetaData(new ByteArrayInputStream(footer));
  }

  private static List<Encoding> encodings(FileMetaData metadata) {
    return metadata.getRow_groups().get(0).getColumns().get(0).getMeta_data().getEncodings();
  }
}
