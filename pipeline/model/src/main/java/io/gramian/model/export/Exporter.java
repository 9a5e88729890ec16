package io.gramian.model.export;

import io.gramian.checkpoint.Directory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Writes an artifact in another runtime's format. */
public interface Exporter {

  /**
   * Why the format cannot say an artifact at a width; empty if it can. Reads no tensor.
   *
   * @throws io.gramian.checkpoint.UserException if a file of the artifact cannot be read
   */
  Optional<String> refusal(ExportSource source);

  /** What an export lacks that another model's would have, a sentence each. */
  List<String> notes(ExportSource source) throws IOException;

  /**
   * Writes all files of the export into {@code folder}, one block in memory at a time.
   *
   * @param source one that is not refused
   */
  void write(ExportSource source, Directory folder) throws IOException;
}
