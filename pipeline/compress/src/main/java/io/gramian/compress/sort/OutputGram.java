package io.gramian.compress.sort;

import io.gramian.compress.statistics.StripFactor;
import io.gramian.compress.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * {@code W' W [n, n]} of an output map {@code W [h, n]}, its upper half, a strip of rows at a time.
 *
 * <p>Products and sums are F32. A product of two BF16 weights is exact in F32, so of most
 * checkpoints only the sums round: about {@code 1e-6} of {@code ||w_i|| ||w_j||}, as do those of
 * the activations behind the correlation that it weighs.
 *
 * <p>Costs {@code h n (n + s)} operations for strips of {@code s} rows, half of a full product. The
 * product runs as a convolution with a kernel of one: that is how a call reaches oneDNN, whose
 * kernels use AVX-512 where libtorch's own F32 product (OpenBLAS) uses AVX2 on some processors, and
 * are then twice as fast. No setting of the process is touched.
 *
 * <p>Takes {@code 4 h n} bytes of native memory for the transpose, and {@code 4 s n} a strip.
 */
final class OutputGram implements StripFactor {

  private static final long[] NONE = {0, 0};
  private static final long[] ONE = {1, 1};

  private final Tensor columns;

  /** Copies {@code output [h, n]}; the copy belongs to the enclosing scope. */
  OutputGram(Tensor output) {
    columns = Tensors.toFloat(output).t().contiguous();
  }

  @Override
  public Tensor strip(int from, int to) {
    long rest = columns.size(0) - from;
    long height = columns.size(1);
    // Pixels are the columns of W, their h colours lie side by side.
    Tensor pixels = columns.narrow(0, from, rest).view(1, 1, rest, height).permute(0, 3, 1, 2);
    Tensor kernels = columns.narrow(0, from, to - from).view(to - from, height, 1, 1);
    return torch
        .mkldnn_convolution(pixels, kernels, new TensorOptional(), NONE, ONE, ONE, 1)
        .view(to - from, rest);
  }
}
