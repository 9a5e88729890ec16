package io.gramian.spark.tokenize;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;

/** Reads a corpus the way tasks do, without any. */
final class ReadDocuments {

  private ReadDocuments() {}

  /** All documents' texts, read in about {@code partitions} parts. */
  static List<String> texts(Path path, String column, int partitions) throws IOException {
    Configuration configuration = new Configuration();
    List<String> texts = new ArrayList<>();
    for (List<CorpusSplit> partition :
        Corpus.list(path.toString(), configuration).partitions(partitions)) {
      for (CorpusSplit split : partition) {
        try (DocumentReader reader = DocumentReader.open(split, column, configuration)) {
          float former = 0;
          while (reader.advance()) {
            texts.add(reader.text());
            if (reader.progress() < former) {
              throw new AssertionError("progress fell at " + reader.where());
            }
            former = reader.progress();
          }
        }
      }
    }
    return texts;
  }

  static Path write(Path file, String text) throws IOException {
    return Files.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  static Path gzip(Path file, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return file;
  }
}
