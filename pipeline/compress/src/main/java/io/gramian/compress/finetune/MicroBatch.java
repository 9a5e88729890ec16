package io.gramian.compress.finetune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Sequences that pass through the model together, padded at their ends to the longest. Causality
 * keeps padding from every real position, and the loss does not count it.
 */
final class MicroBatch {

  /**
   * Positions, padding included, that pass at once. Of 256, 512, 1024 and 2048 the fastest for a
   * small attention model; a small state space model, whose graphs are larger, prefers 512.
   */
  private static final int POSITIONS = 1024;

  private final List<int[]> sequences;
  private final List<Long> places;
  private final int length;

  private MicroBatch(List<int[]> sequences, List<Long> places) {
    this.sequences = sequences;
    this.places = places;
    this.length = sequences.stream().mapToInt(ids -> ids.length).max().orElseThrow();
  }

  /** All sequences of a batch, those of like length together. */
  static List<MicroBatch> split(TrainingBatch batch) {
    List<Integer> order =
        IntStream.range(0, batch.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> batch.sequences().get(i).length))
            .toList();
    List<MicroBatch> parts = new ArrayList<>();
    int from = 0;
    while (from < order.size()) {
      int to = from + 1;
      while (to < order.size()
          && (long) (to + 1 - from) * batch.sequences().get(order.get(to)).length <= POSITIONS) {
        to++;
      }
      parts.add(of(batch, order.subList(from, to)));
      from = to;
    }
    return parts;
  }

  private static MicroBatch of(TrainingBatch batch, List<Integer> chosen) {
    return new MicroBatch(
        chosen.stream().map(batch.sequences()::get).toList(),
        chosen.stream().map(batch.places()::get).toList());
  }

  int sequences() {
    return sequences.size();
  }

  /** {@code T}. */
  int positions() {
    return length;
  }

  /** Tokens of one sequence, without padding. */
  int[] tokens(int sequence) {
    return sequences.get(sequence);
  }

  /** Place of every sequence among the step's. */
  List<Long> places() {
    return places;
  }

  /** Token ids {@code [B, T]}, row-major, 0 where padded. */
  int[] ids() {
    int[] ids = new int[sequences() * length];
    for (int i = 0; i < sequences(); i++) {
      System.arraycopy(tokens(i), 0, ids, i * length, tokens(i).length);
    }
    return ids;
  }

  /** Positions, counted through the micro-batch, whose next token is predicted. */
  int[] predictors() {
    return IntStream.range(0, sequences())
        .flatMap(i -> IntStream.range(i * length, i * length + tokens(i).length - 1))
        .toArray();
  }

  /** The next token of each of {@link #predictors}. */
  int[] targets() {
    return sequences.stream().flatMapToInt(ids -> IntStream.of(ids).skip(1)).toArray();
  }
}
