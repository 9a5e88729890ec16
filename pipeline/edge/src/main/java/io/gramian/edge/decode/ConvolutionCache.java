package io.gramian.edge.decode;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.model.Convolution;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.packed.PackedRun;
import java.util.Arrays;

/**
 * The last {@code K - 1} inputs of a causal convolution, {@code [K - 1][channels]}, zero before the
 * first token. Channels that a width drops are kept at zero while it lasts.
 */
final class ConvolutionCache {

  private final int kernel;
  private final int channels;
  private final float[] inputs;

  ConvolutionCache(Convolution stored) {
    this.kernel = stored.kernel();
    this.channels = stored.channels();
    this.inputs = new float[(kernel - 1) * channels];
  }

  /** Where the inputs of the token {@code back} tokens before {@code position} begin. */
  int at(int position, int back) {
    return Math.floorMod(position - back, kernel - 1) * channels;
  }

  float[] inputs() {
    return inputs;
  }

  /** Sets a token's inputs of some channels. */
  void put(int position, RowSpan span, float[] source, int at) {
    if (kernel > 1) {
      System.arraycopy(source, at, inputs, at(position, 0) + span.from(), span.rows());
    }
  }

  /** Sets a token's dropped channels to zero: what no span covers. */
  void clearDropped(int position, PackedAxis axis, int[] kept) {
    if (kernel == 1) {
      return;
    }
    int at = at(position, 0);
    for (int i = 0; i < kept.length; i++) {
      PackedRun run = axis.runs().get(i);
      Arrays.fill(inputs, at + run.first() + kept[i], at + run.first() + run.channels(), 0);
    }
  }

  void reset() {
    Arrays.fill(inputs, 0);
  }

  long bytes() {
    return (long) inputs.length * Float.BYTES;
  }
}
