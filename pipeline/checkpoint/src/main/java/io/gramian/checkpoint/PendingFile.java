package io.gramian.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A file that appears whole or not at all: written under a hidden temporary name in the same
 * folder, renamed by {@link #commit}, deleted if it is closed without.
 *
 * <pre>{@code
 * try (PendingFile pending = PendingFile.create(directory, "model.safetensors")) {
 *   try (SafetensorsWriter writer = new SafetensorsWriter(pending.stream(), metadata, tensors)) {
 *     ...
 *   }
 *   pending.commit();
 * }
 * }</pre>
 */
public final class PendingFile implements Closeable {

  private final Directory directory;
  private final String file;
  private final String temporary;
  private final OutputStream stream;
  private boolean committed;

  private PendingFile(Directory directory, String file, String temporary) throws IOException {
    this.directory = directory;
    this.file = file;
    this.temporary = temporary;
    this.stream = directory.create(temporary);
  }

  /** Starts {@code file} under {@code .FILE.partial}, which replaces what a killed run left. */
  public static PendingFile create(Directory directory, String file) throws IOException {
    return new PendingFile(directory, file, temporary(file, ".partial"));
  }

  /**
   * The same under {@code .FILE.ATTEMPT.partial}, for tasks of which two attempts may run at a
   * time: the last to commit wins.
   */
  public static PendingFile create(Directory directory, String file, String attempt)
      throws IOException {
    return new PendingFile(directory, file, temporary(file, "." + attempt + ".partial"));
  }

  /** Where to write; may be closed before {@link #commit}. */
  public OutputStream stream() {
    return stream;
  }

  /** Closes the stream and gives the file its name, replacing one that has it already. */
  public void commit() throws IOException {
    stream.close();
    directory.rename(temporary, file);
    committed = true;
  }

  /** Deletes what was written unless it was committed. */
  @Override
  public void close() throws IOException {
    if (committed) {
      return;
    }
    try {
      stream.close();
    } finally {
      directory.delete(temporary);
    }
  }

  private static String temporary(String file, String suffix) {
    int name = file.lastIndexOf('/') + 1;
    return file.substring(0, name) + "." + file.substring(name) + suffix;
  }
}
