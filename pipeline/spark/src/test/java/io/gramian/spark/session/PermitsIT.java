package io.gramian.spark.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;
import org.junit.jupiter.api.Test;

class PermitsIT {

  @Test
  void soManyWorkAtATime() throws Exception {
    for (int count = 1; count <= 3; count++) {
      Permits permits = new Permits(count);
      AtomicInteger working = new AtomicInteger();
      AtomicInteger most = new AtomicInteger();
      ExecutorService threads = Executors.newFixedThreadPool(8);
      try {
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          all.add(
              threads.submit(
                  () ->
                      permits.during(
                          () -> {
                            most.accumulateAndGet(working.incrementAndGet(), Math::max);
                            assertThat(new Random(13).doubles(1000).sum()).isPositive();
                            return working.decrementAndGet();
                          })));
        }
        for (Future<Integer> one : all) {
          one.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(most.get()).isBetween(1, count);
      assertThat(working.get()).isZero();
    }
  }

  @Test
  void aFailureGivesItsPermitBack() throws Exception {
    Permits permits = new Permits(1);
    assertThatThrownBy(
            () ->
                permits.during(
                    () -> {
                      throw new IllegalStateException("planted");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(permits.during(() -> 13)).isEqualTo(13);
  }

  @Test
  void travelsToTasks() {
    Broadcast<Permits> permits = TestSession.context().broadcast(new Permits(1));
    List<Integer> numbers = IntStream.range(0, 13).boxed().toList();
    assertThat(
            TestSession.context()
                .parallelize(numbers, 4)
                .map(i -> permits.value().during(() -> i + 1))
                .reduce(Integer::sum))
        .isEqualTo(91);
  }
}
