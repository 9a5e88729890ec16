package io.gramian.jobs.options;

import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How a text is read and cut into sequences. */
public final class CutOptions {

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      defaultValue = TokenizeRequest.DEFAULT_TEXT_COLUMN,
      description =
          "Field of JSONL or column of Parquet that holds the text (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Option(
      names = "--sequence-length",
      paramLabel = "TOKENS",
      defaultValue = "512",
      description = "Tokens of a sequence (default: ${DEFAULT-VALUE}).")
  private int sequenceLength;

  @Option(
      names = "--sequences",
      paramLabel = "COUNT",
      defaultValue = "128",
      description =
          "How many sequences to use at most, spread evenly over the text (default: ${DEFAULT-VALUE});"
              + " 0 uses all.")
  private int sequences;

  @Option(
      names = "--packing",
      paramLabel = "HOW",
      defaultValue = "pack",
      description =
          "pack joins documents until a sequence is full; split starts a new sequence with each"
              + " document (default: ${DEFAULT-VALUE}).")
  private Packing packing;

  /** The text at {@code path}, read and cut as the options say. */
  public TextSource of(String path) {
    OptionalInt maximum = sequences == 0 ? OptionalInt.empty() : OptionalInt.of(sequences);
    return new TextSource(
        path, textColumn, new TokenizeRequest.Cut(sequenceLength, maximum, packing));
  }
}
