package io.gramian.spark.finetune;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochOrderTest {

  private static final long SEED = 20_240_513;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 13, 16, 17, 207, 4096, 4097})
  void anEpochTakesEverySequenceOnce(long sequences) {
    EpochOrder order = new EpochOrder(SEED, sequences);
    for (long epoch : new long[] {0, 1, 13}) {
      assertThat(places(order, epoch).stream().sorted())
          .as("seed %d, epoch %d of %d sequences", SEED, epoch, sequences)
          .containsExactlyElementsOf(LongStream.range(0, sequences).boxed().toList());
    }
  }

  @Test
  void epochsAndSeedsDiffer() {
    EpochOrder order = new EpochOrder(SEED, 207);
    assertThat(places(order, 0))
        .isNotEqualTo(places(order, 1))
        .isNotEqualTo(places(new EpochOrder(SEED + 1, 207), 0))
        .isEqualTo(places(new EpochOrder(SEED, 207), 0));
  }

  /** Written down once: a change would silently change every training. */
  @Test
  void theOrderIsPinned() {
    assertThat(places(new EpochOrder(0, 13), 0))
        .containsExactly(9L, 1L, 3L, 6L, 12L, 4L, 8L, 0L, 7L, 5L, 11L, 2L, 10L);
  }

  /** Where a sequence ends up says nothing of where it was: correlation within 5 sigma of none. */
  @Test
  void ordersLookRandom() {
    int n = 4001;
    List<Long> places = places(new EpochOrder(SEED, n), 3);
    double mean = (n - 1) / 2.0;
    double covariance = 0;
    double neighbours = 0;
    for (int i = 0; i < n; i++) {
      covariance += (i - mean) * (places.get(i) - mean);
      neighbours += (places.get(i) - mean) * (places.get((i + 1) % n) - mean);
    }
    double variance = (double) n * (n - 1) * (n + 1) / 12;
    assertThat(covariance / variance)
        .as("seed %d", SEED)
        .isBetween(-5 / Math.sqrt(n), 5 / Math.sqrt(n));
    assertThat(neighbours / variance)
        .as("seed %d", SEED)
        .isBetween(-5 / Math.sqrt(n), 5 / Math.sqrt(n));
  }

  private static List<Long> places(EpochOrder order, long epoch) {
    return LongStream.range(0, order.sequences())
        .map(sequence -> order.position(sequence, epoch) - epoch * order.sequences())
        .boxed()
        .toList();
  }
}
