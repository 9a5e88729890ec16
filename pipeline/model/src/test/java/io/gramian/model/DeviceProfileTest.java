package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceProfileTest {

  private static final String VALID =
      """
      name: mine
      granularity: {mlp: 64, heads: 8, states: 4, ssm-heads: 2}
      quantisation-group: 32
      """;

  @TempDir private Path folder;

  @Test
  void readsTheShippedProfiles() throws IOException {
    LocalDirectory profiles =
        LocalDirectory.of(Path.of(System.getProperty("gramian.root"), "conf", "profiles"));

    assertThat(DeviceProfile.read(profiles, "default.yaml"))
        .isEqualTo(new DeviceProfile("default", new Granularity(128, 16, 16, 2), 128));
    assertThat(DeviceProfile.read(profiles, "small.yaml"))
        .isEqualTo(new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128));
    assertThat(DeviceProfile.read(profiles, "edge.yaml"))
        .isEqualTo(new DeviceProfile("edge", new Granularity(16, 8, 8, 2), 128));
    assertThat(DeviceProfile.read(profiles, "compatible.yaml"))
        .isEqualTo(new DeviceProfile("compatible", new Granularity(128, 65536, 16, 2), 128));
    assertThat(DeviceProfile.read(profiles, "accurate.yaml"))
        .isEqualTo(new DeviceProfile("accurate", new Granularity(16, 8, 8, 2), 32));
  }

  @Test
  void countsStepsInUnits() {
    Granularity steps = new Granularity(128, 16, 8, 2);

    assertThat(steps.units(Coupling.MLP, Unit.CHANNEL)).isEqualTo(128);
    assertThat(steps.units(Coupling.QUERY_KEY, Unit.ROPE_PAIR)).isEqualTo(8);
    assertThat(steps.units(Coupling.QUERY_KEY, Unit.CHANNEL)).isEqualTo(16);
    assertThat(steps.units(Coupling.VALUE_OUTPUT, Unit.ROTATED_CHANNEL)).isEqualTo(16);
    assertThat(steps.units(Coupling.B_C, Unit.CHANNEL)).isEqualTo(8);
    assertThat(steps.units(Coupling.Z_X_OUT, Unit.CHANNEL)).isEqualTo(2);
  }

  @Test
  void readsAProfile() throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), VALID);

    assertThat(DeviceProfile.read(LocalDirectory.of(folder), "mine.yaml"))
        .isEqualTo(new DeviceProfile("mine", new Granularity(64, 8, 4, 2), 32));
  }

  @Test
  void stepsLargerThanAHeadKeepItWhole() {
    assertThat(new KeepRatio(0.65).unitsOf(64, 65536)).isEqualTo(64);
  }

  @Test
  void anUnknownKeyIsRefusedWithTheNearest() throws IOException {
    assertRefused(VALID.replace("quantisation-group", "quantization-group"))
        .hasMessage(
            folder
                + "/mine.yaml: unknown key quantization-group: did you mean quantisation-group?");
    assertRefused(VALID.replace("heads: 8", "head: 8"))
        .hasMessage(
            folder + "/mine.yaml: unknown key granularity.head: did you mean granularity.heads?");
  }

  @Test
  void aMissingKeyIsRefused() throws IOException {
    assertRefused(VALID.replace("name: mine", ""))
        .hasMessage(folder + "/mine.yaml: name is missing");
    assertRefused(VALID.replace("states: 4, ", ""))
        .hasMessage(folder + "/mine.yaml: granularity.states is missing");
  }

  @Test
  void valuesOutOfRangeAreRefused() throws IOException {
    assertRefused(VALID.replace("mlp: 64", "mlp: 0"))
        .hasMessage(folder + "/mine.yaml: granularity.mlp is 0: it must be at least 1");
    assertRefused(VALID.replace("heads: 8,", "heads: 7,"))
        .hasMessage(
            folder
                + "/mine.yaml: granularity.heads is 7: it must be even, because RoPE keeps channels"
                + " in pairs");
    assertRefused(VALID.replace("mlp: 64", "mlp: wide"))
        .hasMessage(
            folder
                + "/mine.yaml: granularity.mlp is \"wide\": it must be a whole number of at least"
                + " 1");
    assertRefused(VALID.replace("group: 32", "group: -1"))
        .hasMessage(folder + "/mine.yaml: quantisation-group is -1: it must be at least 1");
    assertRefused(VALID.replace("mine", "''"))
        .hasMessage(folder + "/mine.yaml: name is empty: give the profile one");
  }

  @Test
  void whatIsNoProfileIsRefused() throws IOException {
    assertRefused("")
        .hasMessage(
            folder
                + "/mine.yaml: a device profile has the keys name,"
                + " granularity, quantisation-group");
    assertRefused("name: mine\ngranularity: 3\nquantisation-group: 32\n")
        .hasMessage(folder + "/mine.yaml: granularity has the keys mlp, heads, states, ssm-heads");
    assertRefused("name: [").hasMessageStartingWith(folder + "/mine.yaml is no valid YAML: ");
    assertRefused(VALID + "name: other\n")
        .hasMessageStartingWith(folder + "/mine.yaml is no valid YAML: ")
        .hasMessageContaining("name");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> DeviceProfile.read(LocalDirectory.of(folder), "none.yaml"))
        .isInstanceOf(UserException.class)
        .hasMessage(folder + "/none.yaml: no such device profile");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String yaml)
      throws IOException {
    Files.writeString(folder.resolve("mine.yaml"), yaml);
    return assertThatThrownBy(() -> DeviceProfile.read(LocalDirectory.of(folder), "mine.yaml"))
        .isInstanceOf(UserException.class);
  }
}
