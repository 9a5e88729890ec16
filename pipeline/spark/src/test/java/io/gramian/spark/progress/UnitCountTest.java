package io.gramian.spark.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.spark.progress.UnitCount.Partition;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnitCountTest {

  @Test
  void sumsPartitions() {
    UnitCount count = new UnitCount(10);
    assertThat(count.done()).isZero();
    count.record(new Partition(0, 0), 3);
    count.record(new Partition(0, 1), 4);
    assertThat(count.done()).isEqualTo(7);
  }

  @Test
  void aRetryStartsOverWithoutMovingTheCount() {
    UnitCount count = new UnitCount(10);
    count.record(new Partition(0, 0), 4);
    count.record(new Partition(0, 0), 1);
    assertThat(count.done()).isEqualTo(4);
    count.record(new Partition(0, 0), 6);
    assertThat(count.done()).isEqualTo(6);
  }

  @Test
  void aRecomputedStageNeverPassesTheTotal() {
    UnitCount count = new UnitCount(10);
    count.record(new Partition(0, 0), 8);
    count.record(new Partition(1, 0), 8);
    assertThat(count.done()).isEqualTo(10);
  }

  @Test
  void neverFallsAndNeverPassesTheTotal() {
    long seed = 207;
    Random random = new Random(seed);
    UnitCount count = new UnitCount(1000);
    long last = 0;
    for (int i = 0; i < 2000; i++) {
      count.record(new Partition(random.nextInt(3), random.nextInt(13)), random.nextInt(60));
      assertThat(count.done()).as("seed %d, step %d", seed, i).isBetween(last, 1000L);
      last = count.done();
    }
    assertThat(last).isEqualTo(1000);
  }
}
