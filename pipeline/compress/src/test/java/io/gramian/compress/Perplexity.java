package io.gramian.compress;

import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.evaluate.NextTokenScorer;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The score of a whole small model on one thread. */
public final class Perplexity {

  private static final int BATCH = 8;

  private Perplexity() {}

  /** Over {@code ids [sequences, positions]}: each position predicts the next. */
  public static NextTokenScore of(LoadedDecoder decoder, int[] ids, int positions) {
    NextTokenScorer scorer = new NextTokenScorer(decoder.head());
    NextTokenScore score = new NextTokenScore();
    int sequences = ids.length / positions;
    for (int from = 0; from < sequences; from += BATCH) {
      int rows = Math.min(BATCH, sequences - from);
      int[] part = Arrays.copyOfRange(ids, from * positions, (from + rows) * positions);
      try (PointerScope scope = new PointerScope()) {
        List<Tensor> states = decoder.hiddenStates(part, rows, positions);
        Tensor last = states.get(states.size() - 1);
        for (int row = 0; row < rows; row++) {
          int[] own = Arrays.copyOfRange(part, row * positions, (row + 1) * positions);
          score.merge(scorer.score(last.select(0, row), own, positions));
        }
      }
    }
    return score;
  }
}
