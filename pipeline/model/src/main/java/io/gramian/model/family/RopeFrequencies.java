package io.gramian.model.family;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Inverse frequencies of rotary embeddings, radians a token, one for each pair of channels; all in
 * double precision (the reference rounds to float32, a relative difference of 1e-7).
 *
 * <p>Source: RoFormer, arXiv 2104.09864, section 3.2.2; the scalings as in Hugging Face's
 * transformers.
 */
final class RopeFrequencies {

  private RopeFrequencies() {}

  /**
   * {@code theta^(-2i / r)} for {@code i = 0 .. r/2 - 1}.
   *
   * @param rotarySize {@code r}, the channels of a head that rotate, even
   * @param theta base of the geometric series
   */
  static List<Double> unscaled(int rotarySize, double theta) {
    return IntStream.range(0, rotarySize / 2)
        .mapToObj(i -> Math.pow(theta, -2.0 * i / rotarySize))
        .toList();
  }

  /** Position interpolation (arXiv 2306.15595): every frequency divided by {@code factor}. */
  static List<Double> linear(List<Double> frequencies, double factor) {
    return frequencies.stream().map(frequency -> frequency / factor).toList();
  }

  /**
   * Llama 3.1's scaling. With {@code t = originalPositions * f / (2 pi)}, the turns that frequency
   * {@code f} makes over the context it was trained on: above {@code highFrequencyFactor} turns it
   * stays, below {@code lowFrequencyFactor} it is divided by {@code factor}, and in between {@code
   * s f + (1 - s) f / factor} with {@code s = (t - low) / (high - low)}.
   */
  static List<Double> llama3(List<Double> frequencies, Llama3Scaling scaling) {
    return frequencies.stream().map(scaling::apply).toList();
  }

  /**
   * Parameters of {@link #llama3}.
   *
   * @param factor by which low frequencies are slowed down
   * @param lowFrequencyFactor turns below which a frequency counts as low
   * @param highFrequencyFactor turns above which it counts as high; more than the low one
   * @param originalPositions length of the context before scaling, in tokens
   */
  record Llama3Scaling(
      double factor,
      double lowFrequencyFactor,
      double highFrequencyFactor,
      double originalPositions) {

    private double apply(double frequency) {
      double turns = originalPositions * frequency / (2 * Math.PI);
      if (turns > highFrequencyFactor) {
        return frequency;
      }
      if (turns < lowFrequencyFactor) {
        return frequency / factor;
      }
      double smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
      return smooth * frequency + (1 - smooth) * frequency / factor;
    }
  }
}
