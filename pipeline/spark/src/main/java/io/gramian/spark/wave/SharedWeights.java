package io.gramian.spark.wave;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Weights that the tasks of one executor share. Broadcast it: every executor then has one instance,
 * whose first user reads the tensors by byte range and whose last frees them.
 */
public final class SharedWeights implements Serializable {

  private static final long serialVersionUID = 1L;

  private final HadoopDirectory directory;
  private final WeightSource source;
  private transient Weights weights;
  private transient int users;

  /**
   * Nothing is read yet.
   *
   * @param directory folder of the checkpoint
   * @param source what of it
   */
  public SharedWeights(HadoopDirectory directory, WeightSource source) {
    this.directory = directory;
    this.source = source;
  }

  /** The weights, until the running task ends. */
  public synchronized Weights acquire() {
    if (users == 0) {
      NativeRuntime.load();
      weights = read();
    }
    users++;
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> release());
    return weights;
  }

  private Weights read() {
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      return source.read(checkpoint);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void release() {
    users--;
    if (users == 0) {
      weights.close();
      weights = null;
    }
  }
}
