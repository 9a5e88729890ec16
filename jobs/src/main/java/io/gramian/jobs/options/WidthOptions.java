package io.gramian.jobs.options;

import io.gramian.model.KeepRatio;
import io.gramian.spark.run.WidthRequest;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code --keep}: the widths, and the steps they are rounded to. */
public final class WidthOptions {

  @Option(
      names = "--keep",
      paramLabel = "RATIO",
      split = ",",
      defaultValue = "1.0",
      description =
          "Keep ratios, comma-separated (default: ${DEFAULT-VALUE}). Widths are those that allocate"
              + " wrote for a ratio, else every block is as wide as the ratio says.")
  private List<String> keep;

  @Mixin private ProfileOptions profile;

  /**
   * The widths; the profile is read only where one is narrower than the model.
   *
   * @throws io.gramian.checkpoint.UserException if a ratio is none, or there is no such profile
   */
  public WidthRequest widths() {
    List<KeepRatio> ratios = keep.stream().map(KeepRatio::parse).toList();
    return ratios.stream().allMatch(KeepRatio.FULL::equals)
        ? WidthRequest.FULL
        : new WidthRequest(ratios, profile.profile().granularity());
  }
}
