package io.gramian.spark.evaluate;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.tokenize.TextEncoder;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The sequences of a question: prefix, context and choice, tokenised as one text.
 *
 * <p>What counts as the choice begins where the sequences stop agreeing with the tokens of the
 * context alone, at the same position for every choice, since a token may span the seam: then all
 * choices are scored given the same beginning. (White space that ends the context counts as the
 * choice's, which is where tokenizers put it.)
 *
 * @param encoder of the model
 * @param limit tokens that the model takes
 */
record QuestionTokens(TextEncoder encoder, int limit) implements Serializable {

  private static final long serialVersionUID = 1L;

  /**
   * One sequence, and the position of the first token that counts; a class for the array's sake.
   */
  static final class Scored implements Serializable {

    private static final long serialVersionUID = 1L;

    private final int[] tokens;
    private final int first;

    Scored(int[] tokens, int first) {
      this.tokens = tokens;
      this.first = first;
    }

    int[] tokens() {
      return tokens;
    }

    int first() {
      return first;
    }
  }

  /**
   * One sequence a choice.
   *
   * @throws UserException if one is too long, or has nothing to score or to start from
   */
  List<Scored> of(Question question) {
    List<int[]> texts =
        question.choices().stream()
            .map(choice -> encoder.encode(question.context() + choice, question.where()))
            .toList();
    int[] context = encoder.encode(question.context().stripTrailing(), question.where());
    int shared = texts.stream().mapToInt(text -> agreement(context, text)).min().orElseThrow();
    int[] prefix = encoder.prefix();
    List<Scored> sequences = new ArrayList<>();
    for (int[] text : texts) {
      int[] tokens = Arrays.copyOf(prefix, prefix.length + text.length);
      System.arraycopy(text, 0, tokens, prefix.length, text.length);
      require(question, sequences.size(), tokens.length, prefix.length + shared);
      sequences.add(new Scored(tokens, prefix.length + shared));
    }
    return sequences;
  }

  private static int agreement(int[] context, int[] text) {
    int mismatch = Arrays.mismatch(context, text);
    return mismatch < 0 ? context.length : mismatch;
  }

  private void require(Question question, int choice, int length, int first) {
    if (length > limit) {
      throw new UserException(
          "%s: %d tokens with choice %d, but the model takes %d (max_position_embeddings): shorten"
                  .formatted(question.where(), length, choice, limit)
              + " the context");
    }
    if (first >= length) {
      throw new UserException(
          "%s: choice %d adds no token to the context".formatted(question.where(), choice));
    }
    if (first == 0) {
      throw new UserException(
          "%s: the context is empty, and the model has no token that begins a text: give a context"
              .formatted(question.where()));
    }
  }
}
