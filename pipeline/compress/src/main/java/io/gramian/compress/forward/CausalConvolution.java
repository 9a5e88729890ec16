package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.Convolution;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A depthwise causal convolution along time: {@code y_tc = b_c + sum_k w_ck x_(t - K + 1 + k)c},
 * with zeros before the first token. {@code K} is small (4), so it is {@code K} multiplications of
 * the whole tensor by a row; libtorch's own depthwise path is slower on a CPU.
 *
 * @param weight {@code [channels, 1, K]}, as stored: a view made here would belong to whichever
 *     scope is open, and end with it
 * @param bias {@code [channels]}
 */
record CausalConvolution(Tensor weight, Optional<Tensor> bias) {

  static CausalConvolution of(Convolution spec, Weights weights) {
    return new CausalConvolution(weights.get(spec.weight()), spec.biasName().map(weights::get));
  }

  /** {@code x [B, T, channels]} to the same shape. */
  Tensor apply(Tensor x) {
    Tensor taps = weight.squeeze(1L);
    long kernel = taps.size(1);
    Tensor padded = torch.constant_pad_nd(x, 0, 0, kernel - 1, 0);
    Tensor sum = padded.narrow(1, 0, x.size(1)).mul(taps.select(1, 0));
    for (long k = 1; k < kernel; k++) {
      sum = sum.add(padded.narrow(1, k, x.size(1)).mul(taps.select(1, k)));
    }
    return bias.isPresent() ? sum.add(bias.get()) : sum;
  }
}
