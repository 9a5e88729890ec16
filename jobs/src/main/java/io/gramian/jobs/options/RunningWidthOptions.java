package io.gramian.jobs.options;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.generate.AvailableMemory;
import io.gramian.edge.generate.MemoryLevel;
import io.gramian.edge.generate.MemoryPressurePolicy;
import io.gramian.edge.generate.WidthPolicy;
import io.gramian.model.KeepRatio;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** One width, or several of which the available memory chooses while the text is made. */
public final class RunningWidthOptions {

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      description = "Keep ratio of the whole text (default: 1.0).")
  private Optional<String> keep;

  @Option(
      names = "--widths",
      paramLabel = "RATIO",
      split = ",",
      description =
          "Instead of --keep: keep ratios from wide to narrow, comma-separated. The available memory"
              + " decides between two tokens which one is next.")
  private List<String> widths = List.of();

  @Option(
      names = "--memory-floor",
      paramLabel = "SIZE",
      split = ",",
      description =
          "With --widths: available memory below which a width is left for the next narrower one,"
              + " such as 500m; one size for each width but the last, comma-separated, or one for"
              + " the first, of which each further width takes half.")
  private List<String> floors = List.of();

  @Option(
      names = "--calm-tokens",
      paramLabel = "COUNT",
      defaultValue = "16",
      description =
          "With --widths: tokens that a quarter more memory than the floor has to last before the"
              + " next wider width is taken (default: ${DEFAULT-VALUE}).")
  private int calmTokens;

  /**
   * All widths that the text may have, the widest first.
   *
   * @throws UserException if one is no keep ratio, or options contradict each other
   */
  public List<KeepRatio> ratios() {
    if (widths.isEmpty()) {
      if (!floors.isEmpty()) {
        throw new UserException("--memory-floor goes with --widths: give both, or neither");
      }
      return List.of(keep.map(KeepRatio::parse).orElse(KeepRatio.FULL));
    }
    if (keep.isPresent()) {
      throw new UserException("--keep is one width, --widths are several: give one of the options");
    }
    if (floors.isEmpty()) {
      throw new UserException("--widths needs --memory-floor: give both, or --keep instead");
    }
    return widths.stream().map(KeepRatio::parse).toList();
  }

  /**
   * What chooses among them.
   *
   * @throws UserException as {@link #ratios}, or if the floors do not fit the widths
   */
  public WidthPolicy policy(AvailableMemory memory) {
    List<KeepRatio> ratios = ratios();
    return ratios.size() == 1
        ? WidthPolicy.fixed()
        : new MemoryPressurePolicy(levels(ratios), calmTokens, memory);
  }

  private List<MemoryLevel> levels(List<KeepRatio> ratios) {
    int steps = ratios.size() - 1;
    if (floors.size() != 1 && floors.size() != steps) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--memory-floor has %d sizes for %d widths: give 1, or %d",
              floors.size(),
              ratios.size(),
              steps));
    }
    List<MemoryLevel> levels = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      levels.add(MemoryLevel.of(ratios.get(i), floor(i)));
    }
    levels.add(MemoryLevel.of(ratios.get(steps), 0));
    return levels;
  }

  private long floor(int step) {
    return floors.size() == 1
        ? ByteCount.parse("--memory-floor", floors.get(0)) >> Math.min(step, Long.SIZE - 1)
        : ByteCount.parse("--memory-floor", floors.get(step));
  }
}
