package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.generate.WidthPolicy;
import io.gramian.model.KeepRatio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RunningWidthOptionsTest {

  private static final long MEBI = 1L << 20;

  private static RunningWidthOptions parse(String... args) {
    return CommandLine.populateCommand(new RunningWidthOptions(), args);
  }

  private static double ratio(long bytes, String... args) {
    WidthPolicy policy = parse(args).policy(() -> bytes);
    return policy.next(KeepRatio.FULL, new WidthPolicy.Observation(1, 1)).value();
  }

  @Test
  void oneWidthStays() {
    assertThat(parse().ratios()).containsExactly(KeepRatio.FULL);
    assertThat(parse("--keep=0.85").ratios()).containsExactly(new KeepRatio(0.85));
    assertThat(ratio(0)).isEqualTo(1.0);
  }

  @Test
  void oneFloorIsHalvedForEachFurtherWidth() {
    String[] line = {"--widths=1.0,0.85,0.65", "--memory-floor=500m"};
    assertThat(ratio(500 * MEBI, line)).isEqualTo(1.0);
    assertThat(ratio(500 * MEBI - 1, line)).isEqualTo(0.85);
    assertThat(ratio(250 * MEBI, line)).isEqualTo(0.85);
    assertThat(ratio(250 * MEBI - 1, line)).isEqualTo(0.65);
  }

  @Test
  void eachWidthMayHaveItsOwn() {
    String[] line = {"--widths=1.0,0.85,0.65", "--memory-floor=2G,3k"};
    assertThat(ratio(2048 * MEBI - 1, line)).isEqualTo(0.85);
    assertThat(ratio(3071, line)).isEqualTo(0.65);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--keep=1.0 --widths=1.0,0.8|--keep is one width, --widths are several: give one of the options",
        "--widths=1.0,0.8|--widths needs --memory-floor: give both, or --keep instead",
        "--memory-floor=5|--memory-floor goes with --widths: give both, or neither",
        "--widths=1.0,0.8,0.7 --memory-floor=5,4,3|--memory-floor has 3 sizes for 3 widths: give 1, or 2",
        "--widths=1.0,0.8 --memory-floor=5x|--memory-floor \"5x\" is no size of memory: give for example 500m or 2g",
        "--widths=0.8,1.0 --memory-floor=5|width 1.0 behind 0.8: give widths from wide to narrow, and no more memory for a narrower one"
      })
  void contradictionsAreRefused(String line, String message) {
    assertThatThrownBy(() -> parse(line.split(" ")).policy(() -> 0))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }
}
