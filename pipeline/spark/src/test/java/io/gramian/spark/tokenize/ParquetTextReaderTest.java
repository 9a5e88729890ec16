package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParquetTextReaderTest {

  private static final MessageType SCHEMA =
      MessageTypeParser.parseMessageType(
          """
          message row {
            required int64 id;
            optional binary text (STRING);
            repeated binary tags (STRING);
          }""");

  @TempDir private Path folder;

  @Test
  void aRowIsADocumentHoweverTheFileIsSplit() throws IOException {
    Path file = write(207);
    List<String> expected = IntStream.range(0, 207).mapToObj(ParquetTextReaderTest::text).toList();

    for (int partitions : new int[] {1, 2, 4, 13, 97}) {
      assertThat(ReadDocuments.texts(file, "text", partitions))
          .as("%d partitions", partitions)
          .isEqualTo(expected);
    }
  }

  @Test
  void placesAreRows() throws IOException {
    CorpusSplit split =
        Corpus.list(write(13).toString(), new Configuration()).partitions(1).get(0).get(0);
    try (DocumentReader reader = DocumentReader.open(split, "text", new Configuration())) {
      reader.advance();
      reader.advance();
      assertThat(reader.where()).isEqualTo(folder + "/a.parquet: row 1");
    }
  }

  @Test
  void aMissingColumnIsNamedWithThoseThereAre() throws IOException {
    Path file = write(1);

    assertThatThrownBy(() -> ReadDocuments.texts(file, "content", 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + " has no column 'content'; its columns are: id, text, tags. Choose one with"
                + " --text-column");
  }

  @Test
  void aColumnThatIsNoStringIsNamed() throws IOException {
    Path file = write(1);

    assertThatThrownBy(() -> ReadDocuments.texts(file, "id", 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + ": column 'id' is required int64, not a string. Choose another with"
                + " --text-column");
    assertThatThrownBy(() -> ReadDocuments.texts(file, "tags", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("column 'tags' is repeated binary, not a string");
  }

  @Test
  void anotherFileUnderThatNameIsRefused() throws IOException {
    Path file = ReadDocuments.write(folder.resolve("fake.parquet"), "this is no Parquet at all");
    Path empty = ReadDocuments.write(folder.resolve("empty.parquet"), "");

    for (Path path : List.of(file, empty)) {
      assertThatThrownBy(() -> ReadDocuments.texts(path, "text", 1))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(path + " is not a readable Parquet file: ");
    }
  }

  /** Row 3 has no text; the rest differ in length, so that row groups hold odd numbers of them. */
  private static String text(int row) {
    return row == 3 ? "" : "çay " + "word ".repeat(row % 17) + row;
  }

  /** Small row groups, so that even a small file has many. */
  private Path write(int rows) throws IOException {
    Path file = folder.resolve("a.parquet");
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(
                HadoopOutputFile.fromPath(
                    new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))
            .withType(SCHEMA)
            .withRowGroupSize(700L)
            .withMinRowCountForPageSizeCheck(1)
            .withMaxRowCountForPageSizeCheck(1)
            .build()) {
      for (int row = 0; row < rows; row++) {
        SimpleGroup group = new SimpleGroup(SCHEMA);
        group.add("id", (long) row);
        if (row != 3) {
          group.add("text", text(row));
        }
        writer.write(group);
      }
    }
    return file;
  }
}
