package io.gramian.jobs.options;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.model.DeviceProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** {@code --profile}: what the device asks of the widths. */
public final class ProfileOptions {

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "default",
      description =
          "Device profile to whose steps widths are rounded: one of conf/profiles, or a YAML file"
              + " (default: ${DEFAULT-VALUE}).")
  private String profile;

  /**
   * The profile.
   *
   * @throws UserException if there is none of that name, or it is damaged
   */
  public DeviceProfile profile() {
    Path file = profile.endsWith(".yaml") ? Path.of(profile) : named();
    Path folder = file.toAbsolutePath().getParent();
    try {
      return DeviceProfile.read(LocalDirectory.of(folder), String.valueOf(file.getFileName()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path named() {
    String home = System.getProperty(Sample.HOME_PROPERTY);
    if (home == null) {
      throw new UserException(
          "--profile "
              + profile
              + " is a name, and only jobs/bin/gramian knows where conf/profiles lies: give a YAML"
              + " file");
    }
    return Path.of(home, "conf", "profiles", profile + ".yaml");
  }
}
