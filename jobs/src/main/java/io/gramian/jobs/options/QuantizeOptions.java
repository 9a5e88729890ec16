package io.gramian.jobs.options;

import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.quantize.Rounding;
import java.util.Arrays;
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

  /**
   * The settings.
   *
   * @param profile says how many columns share a scale
   * @throws io.gramian.checkpoint.UserException if the profile's groups cannot be packed
   */
  public QuantizeSettings settings(DeviceProfile profile) {
    return new QuantizeSettings(rounding, scale, profile);
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
