package io.gramian.compress.forward;

import io.gramian.model.Activation;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The element-wise non-linearities on tensors. */
final class Activations {

  private Activations() {}

  static Tensor apply(Activation activation, Tensor x) {
    return switch (activation) {
      case SILU -> torch.silu(x);
      case GELU -> torch.gelu(x, "none");
      case GELU_TANH -> torch.gelu(x, "tanh");
      case RELU_SQUARED -> torch.relu(x).square();
    };
  }
}
