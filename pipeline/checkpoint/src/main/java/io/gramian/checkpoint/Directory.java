package io.gramian.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * A flat or nested folder of files, on whatever holds them. File names are relative and separated
 * by {@code /}; parents are created as needed.
 *
 * <p>A file appears whole or not at all: write it under a temporary name with {@link #create},
 * close it, then {@link #rename} it.
 */
public interface Directory {

  /** The path or address that error messages use. */
  String name();

  /** The folder {@code child} of this one; nothing is created. */
  Directory resolve(String child);

  /** Whether there is a file or a folder of that name. */
  boolean exists(String file) throws IOException;

  /** Names of the plain files directly in this folder, sorted; empty if the folder is missing. */
  List<String> list() throws IOException;

  /**
   * Opens a file for random access.
   *
   * @throws java.nio.file.NoSuchFileException if it does not exist
   */
  ByteSource open(String file) throws IOException;

  /** Opens a file for reading from its start. */
  InputStream read(String file) throws IOException;

  /** Creates or replaces a file. */
  OutputStream create(String file) throws IOException;

  /** Moves a file within this folder, replacing the target. */
  void rename(String from, String to) throws IOException;

  /** Deletes a file or a folder with all it holds; nothing happens if it is missing. */
  void delete(String file) throws IOException;
}
