package io.gramian.edge.generate;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.util.List;

/**
 * The widest of some widths that the available memory allows. Narrows at once, as far as it has to;
 * widens a step at a time, after memory has been plenty for a number of tokens. Belongs to one
 * generator.
 *
 * <p>Narrowing gives nothing back by itself: a narrow width touches fewer bytes of the weights and
 * caches, and what is not touched is what the system may page out.
 */
public final class MemoryPressurePolicy implements WidthPolicy {

  private final List<MemoryLevel> levels;
  private final int calmTokens;
  private final AvailableMemory memory;
  private int calm;

  /**
   * A policy.
   *
   * @param levels from wide to narrow; the narrowest is kept whatever memory there is
   * @param calmTokens that have to see enough memory for the wider level, one after the other
   *     without exception, before it is taken
   * @throws UserException if there is no level, or a level is not narrower than the one before or
   *     asks for more memory than that
   */
  public MemoryPressurePolicy(List<MemoryLevel> levels, int calmTokens, AvailableMemory memory) {
    this.levels = List.copyOf(levels);
    this.calmTokens = calmTokens;
    this.memory = memory;
    if (levels.isEmpty()) {
      throw new UserException("no width to choose from: give at least one");
    }
    for (int i = 1; i < levels.size(); i++) {
      requireNarrower(levels.get(i - 1), levels.get(i));
    }
  }

  private static void requireNarrower(MemoryLevel wide, MemoryLevel narrow) {
    if (narrow.ratio().compareTo(wide.ratio()) >= 0 || narrow.leaveBelow() > wide.leaveBelow()) {
      throw new UserException(
          "width %s behind %s: give widths from wide to narrow, and no more memory for a narrower one"
              .formatted(narrow.ratio(), wide.ratio()));
    }
  }

  @Override
  public List<KeepRatio> ratios() {
    return levels.stream().map(MemoryLevel::ratio).toList();
  }

  @Override
  public KeepRatio next(KeepRatio current, Observation seen) {
    int level = levelOf(current);
    long bytes = memory.bytes();
    int allowed = allowed(level, bytes);
    boolean isCalm = allowed == level && level > 0 && bytes >= levels.get(level - 1).returnFrom();
    calm = isCalm ? calm + 1 : 0;
    if (isCalm && calm >= calmTokens) {
      calm = 0;
      return levels.get(level - 1).ratio();
    }
    return levels.get(allowed).ratio();
  }

  /** The widest level that is not wider than {@code ratio}. */
  private int levelOf(KeepRatio ratio) {
    int level = 0;
    while (level < levels.size() - 1 && levels.get(level).ratio().compareTo(ratio) > 0) {
      level++;
    }
    return level;
  }

  private int allowed(int from, long bytes) {
    int level = from;
    while (level < levels.size() - 1 && bytes < levels.get(level).leaveBelow()) {
      level++;
    }
    return level;
  }
}
