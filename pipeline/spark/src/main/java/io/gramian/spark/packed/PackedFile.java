package io.gramian.spark.packed;

import io.gramian.checkpoint.TensorSpec;
import java.io.Serializable;
import java.util.List;

/**
 * A safetensors file of an artifact.
 *
 * @param tensors in the order of their data
 */
record PackedFile(String name, List<TensorSpec> tensors) implements Serializable {

  private static final long serialVersionUID = 1L;

  PackedFile {
    tensors = List.copyOf(tensors);
  }
}
