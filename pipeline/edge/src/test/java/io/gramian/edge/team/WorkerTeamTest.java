package io.gramian.edge.team;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs, barriers, failures and the end of a team, of one member to more than this machine has. */
class WorkerTeamTest {

  private static final int RUNS = 3_000;
  private static final int MEETINGS = 20;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void everyMemberRunsOnceARun(int size) {
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          AtomicIntegerArray calls = new AtomicIntegerArray(size);
          try (WorkerTeam team = new WorkerTeam(size)) {
            for (int run = 1; run <= RUNS; run++) {
              team.run(worker -> calls.incrementAndGet(worker.index()));
              for (int member = 0; member < size; member++) {
                assertThat(calls.get(member)).as("run %d, member %d", run, member).isEqualTo(run);
              }
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void everyMemberHasItsShareOnAThreadOfItsOwn(int size) {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    int[] of = new int[size];
    try (WorkerTeam team = new WorkerTeam(size)) {
      assertThat(team.size()).isEqualTo(size);
      team.run(
          worker -> {
            threads.add(Thread.currentThread());
            of[worker.share().index()] = worker.share().of();
          });
    }
    assertThat(threads).hasSize(size).contains(Thread.currentThread());
    assertThat(of).containsOnly(size);
  }

  /** Plain arrays: only the meeting makes what one member wrote visible to another one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void whatIsWrittenBeforeAMeetingIsReadBehindIt(int size) {
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          long[][] values = new long[MEETINGS][size];
          boolean[] wrong = new boolean[size];
          try (WorkerTeam team = new WorkerTeam(size)) {
            for (int run = 1; run <= RUNS / MEETINGS; run++) {
              long number = run;
              team.run(worker -> wrong[worker.index()] |= !meet(worker, values, number));
              assertThat(wrong).as("run %d", run).containsOnly(false);
              assertThat(values[MEETINGS - 1]).as("run %d", run).containsOnly(run);
            }
          }
        });
  }

  private static boolean meet(Worker worker, long[][] values, long number) {
    boolean right = true;
    for (long[] row : values) {
      row[worker.index()] = number;
      worker.meet();
      right &= Arrays.stream(row).allMatch(value -> value == number);
    }
    return right;
  }

  /** Members that sleep between runs, or in a meeting, wake up. */
  /** Who comes first begins to fetch while the others are still away. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void fetchesWhatIsNextBeforeTheOthersAreThere(int size) {
    AtomicInteger fetched = new AtomicInteger();
    Upcoming next = worker -> fetched.incrementAndGet();
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try (WorkerTeam team = new WorkerTeam(size)) {
            team.run(worker -> meetLast(worker, fetched, size - 1, next));
          }
        });
    assertThat(fetched).hasValue(size);
  }

  private static void meetLast(Worker worker, AtomicInteger fetched, int others, Upcoming next) {
    while (worker.index() == 0 && fetched.get() < others) {
      Thread.onSpinWait();
    }
    worker.meet(next);
  }

  @Test
  void slowRunsAndSlowMembers() {
    assertTimeoutPreemptively(
        LIMIT,
        () -> {
          Random random = new Random(5);
          AtomicIntegerArray calls = new AtomicIntegerArray(3);
          try (WorkerTeam team = new WorkerTeam(3)) {
            for (int run = 0; run < 60; run++) {
              int slow = random.nextInt(3);
              sleep(random.nextInt(4));
              team.run(
                  worker -> {
                    sleep(worker.index() == slow ? 3 : 0);
                    worker.meet();
                    calls.incrementAndGet(worker.index());
                  });
            }
          }
          assertThat(calls.toString()).isEqualTo("[60, 60, 60]");
        });
  }

  private static void sleep(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void aFailureReachesTheCallerAndClosesTheTeam(int size) {
    for (int failing = 0; failing < size; failing++) {
      for (int meetings = 0; meetings < 3; meetings++) {
        fail(size, failing, meetings);
      }
    }
  }

  private static void fail(int size, int failing, int meetings) {
    RuntimeException cause = new ArithmeticException("member " + failing);
    List<Thread> own;
    try (WorkerTeam team = started(size)) {
      own = threads();
      assertTimeoutPreemptively(
          LIMIT,
          () ->
              assertThatThrownBy(() -> team.run(worker -> work(worker, failing, meetings, cause)))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("a pass failed: " + cause)
                  .cause()
                  .isSameAs(cause));
      assertThatThrownBy(() -> team.run(worker -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the team is closed");
    }
    end(own);
  }

  private static WorkerTeam started(int size) {
    WorkerTeam team = new WorkerTeam(size);
    team.run(worker -> {});
    return team;
  }

  /** The others wait for the failing member in their next meeting. */
  private static void work(Worker worker, int failing, int meetings, RuntimeException cause) {
    for (int i = 0; i < meetings; i++) {
      worker.meet();
    }
    if (worker.index() == failing) {
      throw cause;
    }
    worker.meet();
  }

  @Test
  void errorsAsWell() {
    AssertionError error = new AssertionError("no room");
    try (WorkerTeam team = new WorkerTeam(2)) {
      assertThatThrownBy(
              () ->
                  team.run(
                      worker -> {
                        throw error;
                      }))
          .cause()
          .isSameAs(error);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void closeEndsTheThreads(int size) {
    WorkerTeam team = started(size);
    List<Thread> own = threads();
    assertThat(own).hasSizeGreaterThanOrEqualTo(size - 1);
    assertThat(own).allMatch(Thread::isDaemon);
    team.close();
    team.close();
    end(own);
    assertThatThrownBy(() -> team.run(worker -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the team is closed");
  }

  /** The caches of a text that nobody reads any more do not wait for the next text. */
  @Test
  void keepsNothingOfATaskThatIsDone() throws InterruptedException {
    try (WorkerTeam team = new WorkerTeam(2)) {
      WeakReference<int[]> used = runWithAnArray(team);
      for (int i = 0; i < 50 && used.get() != null; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(used.get()).isNull();
    }
  }

  private static WeakReference<int[]> runWithAnArray(WorkerTeam team) {
    int[] array = new int[1000];
    team.run(worker -> array[worker.index()] = 1);
    return new WeakReference<>(array);
  }

  @Test
  void refusesATeamOfNobody() {
    assertThatThrownBy(() -> new WorkerTeam(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a team of 0");
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("gramian-edge-"))
        .toList();
  }

  private static void end(List<Thread> threads) {
    for (Thread thread : threads) {
      try {
        thread.join(LIMIT.toMillis());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      assertThat(thread.isAlive()).as("%s", thread.getName()).isFalse();
    }
  }
}
