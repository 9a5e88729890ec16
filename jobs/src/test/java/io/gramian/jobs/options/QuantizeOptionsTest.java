package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.spark.quantize.QuantizeSettings;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class QuantizeOptionsTest {

  private static final DeviceProfile PROFILE =
      new DeviceProfile("small", new Granularity(64, 8, 8, 2), 128);

  private static QuantizeSettings settings(String... args) {
    return CommandLine.populateCommand(new QuantizeOptions(), args).settings(PROFILE);
  }

  @Test
  void theProfileSaysHowManyColumnsShareAScale() {
    assertThat(settings().profile()).isEqualTo(PROFILE);
  }

  @Test
  void unlessTheCommandLineDoes() {
    QuantizeSettings settings = settings("--quantisation-group=32");
    assertThat(settings.group()).isEqualTo(32);
    assertThat(settings.profile().granularity()).isEqualTo(PROFILE.granularity());
    assertThat(settings.profile().name()).isEqualTo("small");
  }

  @Test
  void groupsThatCannotBePackedAreRefused() {
    assertThatThrownBy(() -> settings("--quantisation-group=7"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "quantisation-group of profile small is 7: it must be even, because two values share a"
                + " byte");
    assertThatThrownBy(() -> settings("--quantisation-group=0"))
        .isInstanceOf(UserException.class)
        .hasMessage("quantisation-group is 0: it must be at least 1");
  }
}
