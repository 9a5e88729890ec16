package io.gramian.spark.quantize;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.quantize.ScaleRule;
import io.gramian.model.DeviceProfile;
import java.io.Serializable;
import java.util.Locale;

/**
 * How to quantise.
 *
 * @param rounding of weights
 * @param scale how the scale of a group is chosen
 * @param profile says how many columns share a scale, at most
 */
public record QuantizeSettings(Rounding rounding, ScaleRule scale, DeviceProfile profile)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** Refuses groups that cannot be packed two values to a byte. */
  public QuantizeSettings {
    if (profile.quantisationGroup() % 2 != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "quantisation-group of profile %s is %d: it must be even, because two values share a"
                  + " byte",
              profile.name(),
              profile.quantisationGroup()));
    }
  }

  /** Columns that share a scale, at most. */
  public int group() {
    return profile.quantisationGroup();
  }
}
