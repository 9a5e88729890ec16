package io.gramian.edge.decode;

import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.team.Worker;
import io.gramian.model.Activation;
import io.gramian.model.BlockWidths;
import io.gramian.model.Convolution;

/**
 * A depthwise causal convolution and SiLU, {@code silu(b_c + sum_k w_ck x_(t - K + 1 + k)c)}, of
 * the channels that a width keeps. Each worker has its own channels, and walks through the tokens.
 */
final class CausalConvolution {

  private final Kernels kernels;
  private final ConvolutionCache cache;
  private final StoredVector stored;
  private final RowSpan[][] spans;
  private final int[] kept;
  private final int channels;
  private final int kernel;
  private final float[] taps;
  private final float[] bias;

  CausalConvolution(Binding binding, Convolution spec, ConvolutionCache cache) {
    BlockWidths widths = binding.widths();
    this.kernels = binding.workspace().kernels();
    this.cache = cache;
    this.stored = binding.stored().vector(spec.weight());
    this.kept = stored.kept(widths);
    this.kernel = spec.kernel();
    float[] weights = stored.at(widths);
    this.channels = weights.length / kernel;
    this.spans = SharedSpans.of(stored.spans(widths), binding.workspace().workers());
    this.taps = transposed(weights);
    this.bias =
        spec.biasName()
            .map(name -> binding.stored().vector(name).at(widths))
            .orElseGet(() -> new float[channels]);
  }

  /** {@code [channels, K]} to {@code [K, channels]}. */
  private float[] transposed(float[] weights) {
    float[] rows = new float[weights.length];
    for (int channel = 0; channel < channels; channel++) {
      for (int k = 0; k < kernel; k++) {
        rows[k * channels + channel] = weights[channel * kernel + k];
      }
    }
    return rows;
  }

  /** Channels that are left. */
  int channels() {
    return channels;
  }

  /**
   * Convolves this worker's channels.
   *
   * @param x the inputs; a token's begin at {@code token * stride + from}
   * @param y {@code [T, channels]}
   */
  void apply(Worker worker, Batch batch, Source x, float[] y) {
    for (int token = 0; token < batch.tokens(); token++) {
      int position = batch.position() + token;
      int input = token * x.stride + x.from;
      for (RowSpan span : spans[worker.index()]) {
        convolve(span, position, x.values, input, y, token * channels);
        kernels.activate(Activation.SILU, y, token * channels + span.output(), span.rows());
      }
      if (worker.index() == 0) {
        cache.clearDropped(position, stored.rows(), kept);
      }
    }
  }

  private void convolve(RowSpan span, int position, float[] x, int input, float[] y, int output) {
    int first = span.output();
    int count = span.rows();
    System.arraycopy(bias, first, y, output + first, count);
    addTap(kernel - 1, first, count, x, input + first, y, output + first);
    for (int k = 0; k < kernel - 1; k++) {
      int at = cache.at(position, kernel - 1 - k) + span.from();
      addTap(k, first, count, cache.inputs(), at, y, output + first);
    }
    cache.put(position, span, x, input + first);
  }

  private void addTap(int k, int first, int count, float[] x, int xAt, float[] y, int yAt) {
    int tap = k * channels + first;
    for (int i = 0; i < count; i++) {
      y[yAt + i] += taps[tap + i] * x[xAt + i];
    }
  }

  /** Where inputs are. */
  static final class Source {

    private final float[] values;
    private final int stride;
    private final int from;

    /**
     * An array of tokens.
     *
     * @param stride from one token to the next
     * @param from a token's first input
     */
    Source(float[] values, int stride, int from) {
      this.values = values;
      this.stride = stride;
      this.from = from;
    }
  }
}
