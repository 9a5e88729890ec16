package io.gramian.edge.profile;

import io.gramian.checkpoint.UserException;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * What is measured.
 *
 * @param promptTokens of a prompt
 * @param tokens that are made behind it, one by one
 * @param warmUpSeconds at least, of runs that do not count: the JVM compiles meanwhile
 * @param clock nanoseconds since whenever
 */
public record ProfileSettings(
    int promptTokens, int tokens, double warmUpSeconds, LongSupplier clock) {

  /** Refuses what cannot be measured. */
  public ProfileSettings {
    if (promptTokens < 1 || tokens < 1) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "a prompt of %d tokens and %d more cannot be measured: give at least 1 of each",
              promptTokens,
              tokens));
    }
    if (!(warmUpSeconds >= 0)) {
      throw new UserException(
          String.format(
              Locale.ROOT, "%s seconds to warm up: give a number from 0 on", warmUpSeconds));
    }
  }

  /** Positions that a session needs for it. */
  public int positions() {
    return Math.addExact(promptTokens, tokens);
  }
}
