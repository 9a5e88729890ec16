package io.gramian.spark.quantize;

import io.gramian.checkpoint.PendingFile;
import io.gramian.compress.quantize.GptqFactor;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * A factor on its way from the task that found it to those that use it: some hundred megabytes for
 * a wide input, too much to pass through the driver. Broadcast it: every executor then reads the
 * file once and keeps the factor while tasks need it.
 */
final class FactorFile implements Serializable {

  private static final long serialVersionUID = 1L;

  private final HadoopDirectory folder;
  private final String name;
  private transient GptqFactor factor;
  private transient int users;

  FactorFile(HadoopDirectory folder, String name) {
    this.folder = folder;
    this.name = name;
  }

  /** Stores the factor; the file appears when it is complete. */
  void write(GptqFactor found) throws IOException {
    String attempt = Long.toString(TaskContext.get().taskAttemptId());
    try (PendingFile pending = PendingFile.create(folder, name, attempt)) {
      try (ObjectOutputStream out = new ObjectOutputStream(pending.stream())) {
        out.writeObject(found);
      }
      pending.commit();
    }
  }

  /** The factor, until the running task ends. */
  synchronized GptqFactor acquire() throws IOException {
    if (factor == null) {
      factor = read();
    }
    users++;
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> release());
    return factor;
  }

  private GptqFactor read() throws IOException {
    try (ObjectInputStream in = new ObjectInputStream(folder.read(name))) {
      return (GptqFactor) in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(folder + "/" + name, e);
    }
  }

  private synchronized void release() {
    users--;
    if (users == 0) {
      factor = null;
    }
  }

  void delete() throws IOException {
    folder.delete(name);
  }
}
