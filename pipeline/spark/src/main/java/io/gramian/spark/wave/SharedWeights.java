package io.gramian.spark.wave;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.TensorShape;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Weights that the tasks of one executor share. Broadcast it: every executor then has one instance,
 * whose first user reads the tensors by byte range and whose last frees them.
 */
final class SharedWeights implements Serializable {

  private static final long serialVersionUID = 1L;

  private final HadoopDirectory directory;
  private final List<TensorShape> shapes;
  private transient Weights weights;
  private transient int users;

  SharedWeights(HadoopDirectory directory, List<TensorShape> shapes) {
    this.directory = directory;
    this.shapes = List.copyOf(shapes);
  }

  /** The weights, until the running task ends. */
  synchronized Weights acquire() {
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
      return Weights.read(checkpoint, shapes);
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
