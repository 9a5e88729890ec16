package io.gramian.model.packed;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.model.TensorShape;
import java.io.Serializable;

/**
 * A tensor that is not quantised: a norm, a convolution, what a scan reads per head, a bias. Its
 * first axis is stored as a packed one.
 *
 * @param tensor as the checkpoint has it
 * @param rows its first axis
 * @param dtype F16 for a bias of a linear map, F32 otherwise
 */
public record PackedVector(TensorShape tensor, PackedAxis rows, DType dtype)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The tensor on disk, under the checkpoint's name. */
  public TensorSpec stored() {
    return new TensorSpec(tensor.name(), dtype, tensor.shape());
  }
}
