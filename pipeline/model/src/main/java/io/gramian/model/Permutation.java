package io.gramian.model;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The check that every stored order goes through. */
public final class Permutation {

  private Permutation() {}

  /**
   * What keeps {@code order} from being a permutation of {@code 0 .. size - 1}, as the end of a
   * sentence such as "the order lists unit 3 twice"; empty if nothing does.
   */
  public static Optional<String> defect(List<Integer> order, int size) {
    return partialDefect(order, size, size);
  }

  /**
   * What keeps {@code order} from being {@code length} distinct ones of {@code 0 .. size - 1},
   * likewise.
   */
  public static Optional<String> partialDefect(List<Integer> order, int length, int size) {
    if (order.size() != length) {
      return Optional.of(
          String.format(Locale.ROOT, "has %d entries for %d units", order.size(), length));
    }
    BitSet seen = new BitSet(size);
    for (int unit : order) {
      if (unit < 0 || unit >= size) {
        return Optional.of(
            String.format(Locale.ROOT, "lists unit %d, outside 0..%d", unit, size - 1));
      }
      if (seen.get(unit)) {
        return Optional.of(String.format(Locale.ROOT, "lists unit %d twice", unit));
      }
      seen.set(unit);
    }
    return Optional.empty();
  }
}
