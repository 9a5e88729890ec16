package io.gramian.model;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.Locale;

/**
 * What a device asks of the widths and of the packed weights.
 *
 * @param name for reports
 * @param granularity steps of the widths
 * @param quantisationGroup columns that share one scale
 */
public record DeviceProfile(String name, Granularity granularity, int quantisationGroup)
    implements Serializable {

  /** Refuses a profile without a name and groups that are not positive. */
  public DeviceProfile {
    if (name.isBlank()) {
      throw new UserException("name is empty: give the profile one");
    }
    if (quantisationGroup <= 0) {
      throw new UserException(
          String.format(
              Locale.ROOT, "quantisation-group is %d: it must be at least 1", quantisationGroup));
    }
  }

  /**
   * Reads a YAML file such as {@code conf/profiles/default.yaml}. Every key must be there.
   *
   * @throws UserException if it is no YAML, or a key is missing, unknown or out of range
   */
  public static DeviceProfile read(Directory directory, String file) throws IOException {
    String name = directory.name() + "/" + file;
    if (!directory.exists(file)) {
      throw new UserException(name + ": no such device profile");
    }
    try (InputStream in = directory.read(file)) {
      return DeviceProfileYaml.parse(in.readAllBytes(), name);
    }
  }

  /** For a run's record: the name, the steps and the group. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s (%s, quantisation-group %d)", name, granularity, quantisationGroup);
  }
}
