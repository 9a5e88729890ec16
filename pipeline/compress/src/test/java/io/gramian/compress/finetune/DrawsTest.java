package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DrawsTest {

  private static final long SEED = 13;

  /** The JDK's own generator uses the same function, one number after the other. */
  @Test
  void areThoseOfSplitMix() {
    for (long key : new long[] {0, 1, -1, SEED, Long.MIN_VALUE}) {
      SplittableRandom random = new SplittableRandom(key);
      for (int i = 0; i < 207; i++) {
        assertThat(new Draws(key).uniform(i))
            .as("key %d, %d", key, i)
            .isEqualTo(random.nextDouble());
      }
    }
  }

  @Test
  void areAFunctionOfSeedNameNumberAndIndex() {
    Draws draws = Draws.of(SEED).with("w").with(3);
    assertThat(draws).isEqualTo(Draws.of(SEED).with("w").with(3));
    assertThat(draws.uniform(7)).isEqualTo(Draws.of(SEED).with("w").with(3).uniform(7));
    assertThat(
            List.of(
                draws,
                Draws.of(SEED + 1).with("w").with(3),
                Draws.of(SEED).with("v").with(3),
                Draws.of(SEED).with("w").with(4),
                Draws.of(SEED).with(3).with("w"),
                Draws.of(SEED).with("ww").with(3),
                Draws.of(SEED).with("").with(3),
                Draws.of(SEED).with(3),
                Draws.of(SEED)))
        .doesNotHaveDuplicates();
    assertThat(Draws.of(SEED).with("ab")).isNotEqualTo(Draws.of(SEED).with("ba"));
  }
}
