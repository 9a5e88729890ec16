package io.gramian.checkpoint.packed;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How the columns of a map fall into quantisation groups: runs one after the other, each cut into
 * groups of {@code largest} columns and, where that does not divide it, a last smaller one. A
 * prefix of a run has the run's groups, the last one cut.
 *
 * @param runs columns of each run; even, because two values share a byte
 * @param largest columns that share one scale, even
 */
public record ColumnGroups(List<Integer> runs, int largest) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Copies, and refuses what cannot be packed two to a byte. */
  public ColumnGroups {
    runs = List.copyOf(runs);
    if (largest <= 0 || largest % 2 != 0) {
      throw new IllegalArgumentException("groups of " + largest + " columns");
    }
    for (int run : runs) {
      if (run <= 0 || run % 2 != 0) {
        throw new IllegalArgumentException("a run of " + run + " columns");
      }
    }
  }

  /** One run of all columns. */
  public static ColumnGroups whole(int columns, int largest) {
    return new ColumnGroups(List.of(columns), largest);
  }

  /** Columns of all runs. */
  public int columns() {
    return runs.stream().mapToInt(Integer::intValue).sum();
  }

  /** Number of groups of all runs. */
  public int groups() {
    return runs.stream().mapToInt(this::groupsOf).sum();
  }

  /** Groups of a run of that many columns. */
  int groupsOf(int run) {
    return (run + largest - 1) / largest;
  }

  /** The groups in the order of their columns. */
  public List<ColumnGroup> list() {
    List<ColumnGroup> list = new ArrayList<>();
    int first = 0;
    for (int run : runs) {
      for (int at = 0; at < run; at += largest) {
        list.add(new ColumnGroup(list.size(), first + at, first + Math.min(at + largest, run)));
      }
      first += run;
    }
    return list;
  }

  /**
   * The groups that are left of a prefix of every run; runs of which nothing is left disappear.
   *
   * @param kept columns of each run, even
   * @throws IllegalArgumentException if they are odd, more than there are, or not one a run
   */
  public ColumnGroups prefixes(List<Integer> kept) {
    if (kept.size() != runs.size()
        || IntStream.range(0, runs.size()).anyMatch(i -> kept.get(i) > runs.get(i))) {
      throw new IllegalArgumentException("prefixes of " + kept + " columns of runs of " + runs);
    }
    Stream<Integer> left = kept.stream().filter(count -> count != 0);
    return new ColumnGroups(left.toList(), largest);
  }
}
