package io.gramian.edge.generate;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.sampling.Greedy;
import io.gramian.edge.sampling.Sampler;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * How a text is made.
 *
 * @param maxTokens no text gets longer
 * @param sampler chooses the tokens; belongs to one generator
 * @param widths decides about the width between two tokens
 * @param clock nanoseconds since whenever
 */
public record GeneratorSettings(
    int maxTokens, Sampler sampler, WidthPolicy widths, LongSupplier clock) {

  /** Refuses fewer tokens than one. */
  public GeneratorSettings {
    if (maxTokens < 1) {
      throw new UserException(
          String.format(Locale.ROOT, "a text of %d tokens: give at least 1", maxTokens));
    }
  }

  /** Always the likeliest token, at the session's width. */
  public static GeneratorSettings greedy(int maxTokens) {
    return new GeneratorSettings(maxTokens, new Greedy(), WidthPolicy.fixed(), System::nanoTime);
  }

  /** The same with another sampler. */
  public GeneratorSettings sampling(Sampler other) {
    return new GeneratorSettings(maxTokens, other, widths, clock);
  }

  /** The same with another policy. */
  public GeneratorSettings widths(WidthPolicy other) {
    return new GeneratorSettings(maxTokens, sampler, other, clock);
  }

  /** The same with another clock. */
  public GeneratorSettings clock(LongSupplier other) {
    return new GeneratorSettings(maxTokens, sampler, widths, other);
  }
}
