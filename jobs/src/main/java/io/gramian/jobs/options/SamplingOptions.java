package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.sampling.Greedy;
import io.gramian.edge.sampling.Sampler;
import io.gramian.edge.sampling.TopP;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --temperature}, {@code --top-p} and {@code --seed}: how the next token is chosen. */
public final class SamplingOptions {

  private static final double ALL = 1;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description =
          "Draw tokens by chance, likely ones the more often the lower T is; 1 is what the model was"
              + " trained for. Without it: always the likeliest token.")
  private Optional<Double> temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Draw from the fewest likeliest tokens that have so much probability together, such as"
              + " 0.95 (default: from all).")
  private Optional<Double> topP;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Another number draws other tokens, the same one the same (default: 0).")
  private Optional<Long> seed;

  /**
   * A sampler for one text.
   *
   * @throws UserException if a number is out of range or says nothing
   */
  public Sampler sampler() {
    if (temperature.isPresent()) {
      return new TopP(temperature.get(), topP.orElse(ALL), seed.orElse(0L));
    }
    if (topP.isPresent() || seed.isPresent()) {
      throw new UserException(
          (topP.isPresent() ? "--top-p" : "--seed")
              + " says how tokens are drawn, but without --temperature always the likeliest is taken:"
              + " give --temperature 1, or leave it out");
    }
    return new Greedy();
  }
}
