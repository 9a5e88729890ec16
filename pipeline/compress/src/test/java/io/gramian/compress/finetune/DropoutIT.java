package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DropoutIT {

  private static final long SEED = 1013;
  private static final int CHANNELS = 207;
  private static final int[] ALL = IntStream.range(0, CHANNELS).toArray();
  private static final Dropout DROPOUT = new Dropout(0.25, Draws.of(SEED));

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  private static float[] mask(Dropout dropout, String name, int[] channels, long step, Long... at) {
    return Scopes.compute(
        () -> Tensors.floats(dropout.mask(name, channels, step, List.of(at)).orElseThrow()));
  }

  /** What is kept is scaled, so that the mean is that of no dropout. */
  @Test
  void dropsThatFraction() {
    Long[] places = LongStream.range(0, 100).boxed().toArray(Long[]::new);
    float[] mask = mask(DROPOUT, "w", ALL, 3, places);
    int dropped = 0;
    for (float value : mask) {
      assertThat(value).isIn(0f, (float) (1 / 0.75));
      dropped += value == 0 ? 1 : 0;
    }
    double count = 100 * CHANNELS;
    assertThat((double) dropped)
        .as("seed %d", SEED)
        .isCloseTo(0.25 * count, within(5 * Math.sqrt(count * 0.25 * 0.75)));
  }

  /** Whichever sequences pass together, and whichever channels a width keeps. */
  @Test
  void neitherSplitNorWidthMatters() {
    float[] both = mask(DROPOUT, "w", ALL, 3, 7L, 2L);
    int[] some = {0, 13, 206};
    float[] second = mask(DROPOUT, "w", some, 3, 2L);
    float[] first = mask(DROPOUT, "w", some, 3, 7L);
    for (int i = 0; i < some.length; i++) {
      assertThat(first[i]).isEqualTo(both[some[i]]);
      assertThat(second[i]).isEqualTo(both[CHANNELS + some[i]]);
    }
  }

  @Test
  void seedNameStepAndPlaceMatter() {
    Dropout other = new Dropout(0.25, Draws.of(SEED + 1));
    assertThat(
            Stream.of(
                mask(DROPOUT, "w", ALL, 3, 7L),
                mask(other, "w", ALL, 3, 7L),
                mask(DROPOUT, "v", ALL, 3, 7L),
                mask(DROPOUT, "w", ALL, 4, 7L),
                mask(DROPOUT, "w", ALL, 7, 3L),
                mask(DROPOUT, "w", ALL, 3, 8L)))
        .extracting(Arrays::toString)
        .doesNotHaveDuplicates();
    assertThat(mask(DROPOUT, "w", ALL, 3, 7L)).isEqualTo(mask(DROPOUT, "w", ALL, 3, 7L));
  }

  @Test
  void withoutARateThereIsNoMask() {
    assertThat(new Dropout(0, Draws.of(SEED)).mask("w", ALL, 3, List.of(7L))).isEmpty();
  }
}
