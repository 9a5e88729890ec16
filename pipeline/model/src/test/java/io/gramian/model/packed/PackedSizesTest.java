package io.gramian.model.packed;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.model.DecoderSpec;
import io.gramian.model.DeviceProfile;
import io.gramian.model.KeepRatio;
import io.gramian.model.family.Families;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The README's memory table. */
class PackedSizesTest {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));

  private static DecoderSpec llama() {
    Path folder = ROOT.resolve("conf/shapes/llama-3.1-8b");
    return Families.describe(HfConfig.read(LocalDirectory.of(folder)));
  }

  private static DeviceProfile device() throws IOException {
    return DeviceProfile.read(LocalDirectory.of(ROOT.resolve("conf/profiles")), "default.yaml");
  }

  @ParameterizedTest
  @CsvSource({"1.0, 3.85", "0.85, 4.4", "0.75, 4.9", "0.65, 5.5"})
  void llamaIsThatMuchSmallerThanInBf16(double ratio, double least) throws IOException {
    DecoderSpec spec = llama();
    long packed = PackedSizes.at(spec, new KeepRatio(ratio), device());
    assertThat(spec.parameterCount()).isEqualTo(8_030_261_248L);
    assertThat((double) PackedSizes.bf16(spec) / packed).isGreaterThan(least);
  }

  /** Half a byte a weight, two bytes a group of 128, and the norms in F32. */
  @Test
  void theWholeModelIsAsLargeAsCountedByHand() throws IOException {
    long linear = 8_030_261_248L - 65L * 4096;
    assertThat(PackedSizes.at(llama(), KeepRatio.FULL, device()))
        .isEqualTo(linear / 2 + linear / 128 * 2 + 65 * 4096 * 4);
  }

  @Test
  void linearWeightsTakeAtMost27PercentOfBf16() throws IOException {
    long bytes = PackedSizes.at(llama(), KeepRatio.FULL, device());
    assertThat((double) bytes / PackedSizes.bf16(llama())).isLessThan(0.27);
  }
}
