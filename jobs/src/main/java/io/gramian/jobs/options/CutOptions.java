package io.gramian.jobs.options;

import io.gramian.spark.run.TextSource;
import io.gramian.spark.tokenize.Packing;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a text is read and cut into sequences. */
public final class CutOptions {

  /** Of {@code --sequences}, wherever it is an option. */
  public static final String DEFAULT_SEQUENCES = "128";

  @Option(
      names = "--text-column",
      paramLabel = "NAME",
      defaultValue = TokenizeRequest.DEFAULT_TEXT_COLUMN,
      description =
          "Field of JSONL or column of Parquet that holds the text (default: ${DEFAULT-VALUE}).")
  private String textColumn;

  @Mixin private LengthOption length;

  @Option(
      names = "--sequences",
      paramLabel = "COUNT",
      defaultValue = DEFAULT_SEQUENCES,
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
        path, textColumn, new TokenizeRequest.Cut(length.tokens(), maximum, packing));
  }
}
