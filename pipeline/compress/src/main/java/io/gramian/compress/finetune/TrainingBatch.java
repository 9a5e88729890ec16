package io.gramian.compress.finetune;

import java.util.List;

/**
 * Sequences to learn from or to score. A class rather than a record, since an array is no value.
 *
 * <p>A sequence of {@code n} tokens has {@code n - 1} to predict; one that is shorter than two has
 * none.
 */
public final class TrainingBatch {

  private final List<int[]> sequences;
  private final List<Long> places;

  private TrainingBatch(List<int[]> sequences, List<Long> places) {
    this.sequences = List.copyOf(sequences);
    this.places = List.copyOf(places);
  }

  /**
   * Some of a step's sequences.
   *
   * @param sequences the token ids of each, without padding, of any lengths; not copied
   * @param places the place of each among all sequences of the step, whichever worker has it: with
   *     the step it decides what dropout drops
   * @throws IllegalArgumentException if there are not as many places as sequences, or a sequence is
   *     empty
   */
  public static TrainingBatch of(List<int[]> sequences, List<Long> places) {
    if (sequences.size() != places.size()) {
      throw new IllegalArgumentException(
          sequences.size() + " sequences at " + places.size() + " places");
    }
    if (sequences.stream().anyMatch(ids -> ids.length == 0)) {
      throw new IllegalArgumentException("a sequence without a token");
    }
    return new TrainingBatch(sequences, places);
  }

  /** Sequences to score, where places do not matter. */
  public static TrainingBatch of(List<int[]> sequences) {
    return of(sequences, sequences.stream().map(ids -> 0L).toList());
  }

  /** Number of sequences. */
  public int size() {
    return sequences.size();
  }

  /** Tokens that are predicted: every sequence's but its first. */
  public long predictions() {
    return sequences.stream().mapToLong(ids -> ids.length - 1).sum();
  }

  List<int[]> sequences() {
    return sequences;
  }

  List<Long> places() {
    return places;
  }
}
