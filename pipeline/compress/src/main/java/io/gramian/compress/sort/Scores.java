package io.gramian.compress.sort;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Orders from scores. */
final class Scores {

  private Scores() {}

  /** Indices by descending score; ties go to the lower index. */
  static List<Integer> descending(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]).thenComparing(i -> i))
        .toList();
  }

  static List<Double> list(double[] scores) {
    return Arrays.stream(scores).boxed().toList();
  }
}
