package io.gramian.spark.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * The scores of one coupling group, best unit first.
 *
 * @param block the residual block
 * @param coupling its label
 * @param criterion what the scores measure
 * @param unit what they number
 * @param scores by rank
 */
record Spectrum(Block block, String coupling, String criterion, String unit, List<Double> scores) {

  Spectrum {
    scores = List.copyOf(scores);
  }

  /**
   * Whether the scores only say which place a unit has, {@code n - 1} down to 0, as those of a
   * backward elimination do.
   */
  boolean onlyPlaces() {
    return IntStream.range(0, scores.size())
        .allMatch(rank -> scores.get(rank) == scores.size() - 1 - rank);
  }

  /**
   * A residual block.
   *
   * @param index its place in the decoder's flat list
   * @param layer Hugging Face's layer number
   * @param mixer {@code attention}, {@code mlp} or {@code mamba2}
   */
  record Block(int index, int layer, String mixer) implements Comparable<Block> {

    @Override
    public int compareTo(Block other) {
      return Integer.compare(index, other.index);
    }
  }
}
