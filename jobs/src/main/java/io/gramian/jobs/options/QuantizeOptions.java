package io.gramian.jobs.options;

import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.quantize.Rounding;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How weights become 4-bit numbers. */
public final class QuantizeOptions {

  @Option(
      names = "--rounding",
      paramLabel = "METHOD",
      defaultValue = "gptq",
      converter = OfRounding.class,
      description =
          "gptq, which makes up for the errors of a column in those after it, or nearest, the"
              + " baseline (default: ${DEFAULT-VALUE}).")
  private Rounding rounding;

  @Option(
      names = "--scale",
      paramLabel = "RULE",
      defaultValue = "searched",
      converter = OfScale.class,
      description =
          "Scale of a group of weights: searched for the least error, or max, by the largest weight"
              + " (default: ${DEFAULT-VALUE}).")
  private ScaleRule scale;

  @Option(
      names = "--quantisation-group",
      paramLabel = "COLUMNS",
      description =
          "How many columns share a scale: an even number. Fewer round more closely and take 16/COLUMNS"
              + " bits a weight more (default: the device profile's).")
  private Optional<Integer> group;

  /**
   * The settings.
   *
   * @param profile says how many columns share a scale, unless the command line does
   * @throws io.gramian.checkpoint.UserException if such groups cannot be packed
   */
  public QuantizeSettings settings(DeviceProfile profile) {
    DeviceProfile grouped =
        new DeviceProfile(
            profile.name(), profile.granularity(), group.orElse(profile.quantisationGroup()));
    return new QuantizeSettings(rounding, scale, grouped);
  }

  static final class OfRounding implements ITypeConverter<Rounding> {
    @Override
    public Rounding convert(String label) {
      return Rounding.ofLabel(label)
          .orElseThrow(
              () -> new TypeConversionException("'" + label + "' is not one of gptq, nearest"));
    }
  }

  static final class OfScale implements ITypeConverter<ScaleRule> {
    @Override
    public ScaleRule convert(String label) {
      return Arrays.stream(ScaleRule.values())
          .filter(rule -> rule.label().equals(label))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("'" + label + "' is not one of searched, max"));
    }
  }
}
