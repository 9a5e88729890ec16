package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What to tokenise and how.
 *
 * @param model folder that holds {@code tokenizer.json} and {@code config.json}
 * @param calibration file, folder or glob pattern of the text, local or anything Hadoop reads
 * @param textColumn field of a JSON object, or column of a Parquet file, that holds the text
 * @param cut how documents become sequences
 * @param output folder of the run; {@code calibration/} is written into it
 * @param partitions about how many parts the corpus is read in; when empty, as many as the cluster
 *     and the size suggest. It has no influence on the result
 */
public record TokenizeRequest(
    String model,
    String calibration,
    String textColumn,
    Cut cut,
    String output,
    OptionalInt partitions) {

  /** The field that most corpora use. */
  public static final String DEFAULT_TEXT_COLUMN = "text";

  /** A request with the default text column and as many partitions as suit. */
  public static TokenizeRequest of(String model, String calibration, Cut cut, String output) {
    return new TokenizeRequest(
        model, calibration, DEFAULT_TEXT_COLUMN, cut, output, OptionalInt.empty());
  }

  /** The same request, with the text in another field or column. */
  public TokenizeRequest withTextColumn(String column) {
    return new TokenizeRequest(model, calibration, column, cut, output, partitions);
  }

  /** The same request, read in about {@code count} parts. */
  public TokenizeRequest withPartitions(int count) {
    return new TokenizeRequest(model, calibration, textColumn, cut, output, OptionalInt.of(count));
  }

  /**
   * How documents become sequences.
   *
   * @param sequenceLength tokens of a full sequence, at least 2
   * @param maximumSequences how many sequences to keep at most; when the corpus has more, evenly
   *     spaced ones are taken: {@code floor(i * total / maximum)} for {@code i} from 0. Empty keeps
   *     all
   */
  public record Cut(int sequenceLength, OptionalInt maximumSequences, Packing packing) {

    public Cut {
      if (sequenceLength < 2) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "sequence length %d is too short: a sequence needs at least 2 tokens",
                sequenceLength));
      }
      if (maximumSequences.isPresent() && maximumSequences.getAsInt() < 1) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "at most %d sequences is too few: ask for at least 1, or set no maximum to keep all",
                maximumSequences.getAsInt()));
      }
    }
  }
}
