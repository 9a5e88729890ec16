package io.gramian.model.family;

import io.gramian.model.Convolution;
import io.gramian.model.Mamba2;
import io.gramian.model.NormSpec;
import io.gramian.model.ScanLayout;
import io.gramian.model.ScanParameters;

/**
 * A state space mixer under the tensor names of Hugging Face: {@code in_proj}, {@code conv1d},
 * {@code A_log}, {@code D}, {@code dt_bias}, {@code norm} and {@code out_proj}.
 *
 * @param stream width and epsilon
 * @param layout heads and groups
 * @param kernel tokens that the convolution sees
 * @param steps limits of dt
 * @param biases which maps have one
 */
record StateSpaceMaps(
    ResidualStream stream, ScanLayout layout, int kernel, StepLimits steps, Biases biases) {

  /**
   * Which maps have a bias.
   *
   * @param convolution conv1d
   * @param projections in_proj and out_proj
   */
  record Biases(boolean convolution, boolean projections) {}

  /** The mixer whose tensors stand under {@code prefix}. */
  Mamba2 under(String prefix) {
    Projections projections = new Projections(prefix, biases.projections());
    return new Mamba2(
        projections.map("in_proj", layout.inputRows(), stream.hidden()),
        new Convolution(
            prefix + "conv1d.weight",
            biases.convolution() ? prefix + "conv1d.bias" : null,
            layout.convolutionChannels(),
            kernel),
        new ScanParameters(
            prefix + "A_log", prefix + "D", prefix + "dt_bias", steps.minimum(), steps.maximum()),
        new NormSpec(prefix + "norm.weight", layout.innerSize(), stream.epsilon()),
        projections.map("out_proj", stream.hidden(), layout.innerSize()),
        layout);
  }

  /**
   * Refuses anything but SiLU after the convolution.
   *
   * @param key of the activation; absent means SiLU
   */
  static void requireSilu(CheckedConfig config, String key) {
    String name = config.file().stringOr(key, "silu");
    if (!name.equals("silu") && !name.equals("swish")) {
      throw config.refusal(
          "%s \"%s\" is not supported: after the convolution of a state space mixer only silu is",
          key, name);
    }
  }

  /**
   * Refuses heads that do not make up the mixer's width as the other keys give it.
   *
   * @param expandKey of the width as a multiple of the stream's; absent means 2
   */
  static void requireWidth(CheckedConfig config, String expandKey, ScanLayout layout) {
    int hidden = config.positive("hidden_size");
    double expand = config.file().doubleOr(expandKey, 2);
    long width = (long) (expand * hidden);
    if (width != layout.innerSize()) {
      throw config.refusal(
          "%d SSM heads of %d channels are %d channels, but %s %s times hidden_size %d is %d: both"
              + " are the width of the state space mixer",
          layout.heads(), layout.headSize(), layout.innerSize(), expandKey, expand, hidden, width);
    }
  }
}
