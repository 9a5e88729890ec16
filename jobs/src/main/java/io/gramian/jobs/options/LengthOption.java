package io.gramian.jobs.options;

import picocli.CommandLine.Option;

/** {@code --sequence-length}. */
public final class LengthOption {

  @Option(
      names = "--sequence-length",
      paramLabel = "TOKENS",
      defaultValue = "512",
      description = "Tokens of a sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  /** Tokens of a sequence, as given: not checked. */
  public int tokens() {
    return sequenceLength;
  }
}
