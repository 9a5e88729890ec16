package io.gramian.edge.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.KeepRatio;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryPressurePolicyTest {

  private static final KeepRatio WIDE = KeepRatio.FULL;
  private static final KeepRatio MIDDLE = new KeepRatio(0.85);
  private static final KeepRatio NARROW = new KeepRatio(0.65);
  private static final List<MemoryLevel> LEVELS =
      List.of(
          new MemoryLevel(WIDE, 800, 1000), MemoryLevel.of(MIDDLE, 400), MemoryLevel.of(NARROW, 0));

  private long bytes;
  private KeepRatio current = WIDE;

  private final MemoryPressurePolicy policy = new MemoryPressurePolicy(LEVELS, 3, () -> bytes);

  private KeepRatio at(long available) {
    bytes = available;
    current = policy.next(current, new WidthPolicy.Observation(1, 1));
    return current;
  }

  @Test
  void narrowsAtOnceAndAsFarAsItHasTo() {
    assertThat(at(800)).isEqualTo(WIDE);
    assertThat(at(799)).isEqualTo(MIDDLE);
    assertThat(at(400)).isEqualTo(MIDDLE);
    assertThat(at(399)).isEqualTo(NARROW);
    assertThat(at(0)).isEqualTo(NARROW);
    current = WIDE;
    assertThat(at(10)).isEqualTo(NARROW);
  }

  @Test
  void widensAStepAtATimeAfterCalmTokens() {
    current = NARROW;
    assertThat(List.of(at(5000), at(5000))).containsOnly(NARROW);
    assertThat(at(5000)).isEqualTo(MIDDLE);
    assertThat(List.of(at(5000), at(5000))).containsOnly(MIDDLE);
    assertThat(List.of(at(5000), at(5000), at(5000))).containsOnly(WIDE);
  }

  @Test
  void betweenTheTwoNumbersNothingChanges() {
    current = MIDDLE;
    for (int token = 0; token < 10; token++) {
      assertThat(at(999)).isEqualTo(MIDDLE);
    }
    current = WIDE;
    assertThat(at(801)).isEqualTo(WIDE);
  }

  @Test
  void calmThatIsInterruptedBeginsAgain() {
    current = MIDDLE;
    assertThat(List.of(at(1000), at(1000), at(999), at(1000), at(1000))).containsOnly(MIDDLE);
    assertThat(at(1000)).isEqualTo(WIDE);
  }

  @Test
  void aWidthThatIsNoneOfThemBecomesTheNextNarrowerOne() {
    current = new KeepRatio(0.9);
    assertThat(at(900)).isEqualTo(MIDDLE);
    current = new KeepRatio(0.1);
    assertThat(at(100)).isEqualTo(NARROW);
  }

  @Test
  void aQuarterMoreBringsALevelBack() {
    assertThat(MemoryLevel.of(MIDDLE, 400)).isEqualTo(new MemoryLevel(MIDDLE, 400, 500));
  }

  @Test
  void levelsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> new MemoryPressurePolicy(List.of(), 3, () -> 0))
        .isInstanceOf(UserException.class)
        .hasMessage("no width to choose from: give at least one");
    List<MemoryLevel> widening = List.of(MemoryLevel.of(NARROW, 4), MemoryLevel.of(WIDE, 0));
    assertThatThrownBy(() -> new MemoryPressurePolicy(widening, 3, () -> 0))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "width 1.0 behind 0.65: give widths from wide to narrow, and no more memory for a"
                + " narrower one");
    List<MemoryLevel> greedy = List.of(MemoryLevel.of(WIDE, 4), MemoryLevel.of(NARROW, 5));
    assertThatThrownBy(() -> new MemoryPressurePolicy(greedy, 3, () -> 0))
        .isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new MemoryLevel(WIDE, 4, 3))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "width 1.0 is left below 4 bytes and taken again from 3: give a number of at least 0"
                + " and one that is not smaller");
  }
}
