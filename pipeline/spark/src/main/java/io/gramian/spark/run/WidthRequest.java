package io.gramian.spark.run;

import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import java.util.Comparator;
import java.util.List;

/**
 * At which widths a run's sorted model is wanted.
 *
 * @param keepRatios widest first, each once
 * @param steps to which widths are rounded where the run has no allocation
 */
public record WidthRequest(List<KeepRatio> keepRatios, Granularity steps) {

  /** Full width only. */
  public static final WidthRequest FULL =
      new WidthRequest(List.of(KeepRatio.FULL), new Granularity(1, 2, 1, 1));

  public WidthRequest {
    keepRatios = keepRatios.stream().distinct().sorted(Comparator.reverseOrder()).toList();
  }

  /** Whether anything but the full width is wanted. */
  boolean isNarrow() {
    return keepRatios.stream().anyMatch(ratio -> !ratio.equals(KeepRatio.FULL));
  }
}
