package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import java.util.ArrayList;
import java.util.List;

/**
 * Which of the stored columns a product reads, and which input belongs to each: a prefix of every
 * run of columns. Inputs are those of the narrower map, without gaps.
 *
 * @param columns as stored
 * @param pieces those that are read, in order, none across the border of two quantisation groups
 */
public record ColumnPlan(int columns, List<Piece> pieces) {

  /**
   * Neighbouring columns of one quantisation group.
   *
   * @param group its scale's place in a row's; 0 where rows have no scales
   * @param column the first stored column: the group's own first
   * @param stored columns of the whole group
   * @param count columns that are read
   * @param source the first one's input
   */
  public record Piece(int group, int column, int stored, int count, int source) {}

  /** Copies. */
  public ColumnPlan {
    pieces = List.copyOf(pieces);
  }

  /** All columns of rows without scales. */
  public static ColumnPlan plain(int columns) {
    return new ColumnPlan(columns, List.of(new Piece(0, 0, columns, columns, 0)));
  }

  /**
   * The first {@code kept} columns of each run of {@code groups}.
   *
   * @throws IllegalArgumentException if a run has fewer, or there are not as many runs
   */
  public static ColumnPlan prefixes(ColumnGroups groups, List<Integer> kept) {
    if (kept.size() != groups.runs().size()) {
      throw new IllegalArgumentException(kept + " columns of runs of " + groups.runs());
    }
    List<Piece> pieces = new ArrayList<>();
    List<ColumnGroup> all = groups.list();
    int group = 0;
    int first = 0;
    int source = 0;
    for (int run = 0; run < kept.size(); run++) {
      int end = first + kept.get(run);
      first += groups.runs().get(run);
      if (end > first) {
        throw new IllegalArgumentException(kept + " columns of runs of " + groups.runs());
      }
      for (; group < all.size() && all.get(group).from() < first; group++) {
        ColumnGroup columns = all.get(group);
        int count = Math.min(end, columns.to()) - columns.from();
        if (count > 0) {
          pieces.add(new Piece(group, columns.from(), columns.size(), count, source));
          source += count;
        }
      }
    }
    return new ColumnPlan(groups.columns(), pieces);
  }

  /** Inputs that a product takes. */
  public int inputs() {
    return pieces.stream().mapToInt(Piece::count).sum();
  }
}
