package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetRecordReader;
import org.apache.parquet.hadoop.api.ReadSupport;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/** Rows of a Parquet file, of which only the text column is read; null is an empty document. */
final class ParquetTextReader implements DocumentReader {

  private final CorpusSplit split;
  private final String column;
  private final ParquetRecordReader<Group> rows = new ParquetRecordReader<>(new GroupReadSupport());
  private String text = "";

  ParquetTextReader(CorpusSplit split, String column, Configuration configuration)
      throws IOException {
    this.split = split;
    this.column = column;
    MessageType schema = schema(configuration);
    Configuration projecting = new Configuration(configuration);
    projecting.set(
        ReadSupport.PARQUET_READ_SCHEMA,
        new MessageType(schema.getName(), textColumn(schema)).toString());
    try {
      rows.initialize(
          new FileSplit(split.path(), split.start(), split.length(), new String[0]),
          new TaskAttemptContextImpl(projecting, new TaskAttemptID()));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public boolean advance() throws IOException {
    try {
      if (!rows.nextKeyValue()) {
        return false;
      }
      Group row = rows.getCurrentValue();
      text = row.getFieldRepetitionCount(column) == 0 ? "" : row.getString(column, 0);
      return true;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public String where() {
    try {
      return String.format(Locale.ROOT, "%s: row %d", split.file(), rows.getCurrentRowIndex());
    } catch (IOException e) {
      return split.file();
    }
  }

  @Override
  public float progress() throws IOException {
    try {
      return rows.getProgress();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void close() throws IOException {
    rows.close();
  }

  private MessageType schema(Configuration configuration) throws IOException {
    HadoopInputFile file = HadoopInputFile.fromPath(split.path(), configuration);
    try (ParquetFileReader reader = ParquetFileReader.open(file)) {
      return reader.getFileMetaData().getSchema();
    } catch (RuntimeException e) {
      // Parquet says so of a wrong magic number, a footer that does not fit, a file too short.
      throw new UserException(
          split.file() + " is not a readable Parquet file: " + e.getMessage(), e);
    }
  }

  private Type textColumn(MessageType schema) {
    if (!schema.containsField(column)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s has no column '%s'; its columns are: %s. Choose one with --text-column",
              split.file(),
              column,
              schema.getFields().stream().map(Type::getName).collect(Collectors.joining(", "))));
    }
    Type type = schema.getType(column);
    if (!type.isPrimitive()
        || type.isRepetition(Type.Repetition.REPEATED)
        || type.asPrimitiveType().getPrimitiveTypeName() != PrimitiveTypeName.BINARY) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: column '%s' is %s, not a string. Choose another with --text-column",
              split.file(),
              column,
              describe(type)));
    }
    return type;
  }

  /** {@link Type#toString} depends on the JVM's locale. */
  private static String describe(Type type) {
    return type.getRepetition().name().toLowerCase(Locale.ROOT)
        + " "
        + (type.isPrimitive()
            ? type.asPrimitiveType().getPrimitiveTypeName().name().toLowerCase(Locale.ROOT)
            : "group");
  }

  private static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted while reading Parquet", cause);
  }
}
