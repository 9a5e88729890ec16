package io.gramian.edge.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the recurrence on plain arrays, where every state decays at every token. */
class ScanCacheTest {

  private static final double TOLERANCE = 1e-5;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyStateDecaysAtEveryToken(long seed) {
    Random random = new Random(seed);
    Case test = new Case(1 + random.nextInt(3), 1 + random.nextInt(6), 1 + random.nextInt(6));
    assertTimeoutPreemptively(LIMIT, () -> walk(test, random, seed));
  }

  private static void walk(Case test, Random random, long seed) {
    for (int step = 0; step < 500; step++) {
      for (int i = random.nextInt(4); i > 0; i--) {
        test.use(1 + random.nextInt(test.rows), 1 + random.nextInt(test.columns));
      }
      test.pass(random.nextInt(4), random);
      test.compare("seed " + seed + ", step " + step);
      if (random.nextInt(50) == 0) {
        test.reset();
      }
    }
    test.use(test.rows, test.columns);
    test.pass(1, random);
    test.compare("seed " + seed + ", all states");
  }

  /** Neither of the two contains the other. */
  @Test
  void anExtentThatCrossesTheLastOne() {
    ScanCache cache = new ScanCache(1, 8, 8);
    cache.use(8, 4);
    cache.use(4, 4);
    assertTimeoutPreemptively(LIMIT, () -> cache.use(4, 8));
    assertTimeoutPreemptively(LIMIT, () -> cache.use(8, 8));
  }

  /** What decayed in one text is nothing to the next: 0 times infinity would not be a number. */
  @Test
  void forgetsDecaysWhileNarrow() {
    ScanCache cache = new ScanCache(1, 2, 2);
    for (int token = 0; token < 10; token++) {
      cache.decayed(0, -100);
      cache.passed(1);
    }
    cache.use(1, 1);
    cache.reset();
    cache.decayed(0, -0.5);
    cache.passed(1);
    cache.use(2, 2);
    cache.catchUp(0);
    assertThat(cache.states()).containsOnly(0);
  }

  @Test
  void turningTouchesNoState() {
    ScanCache cache = new ScanCache(2, 3, 4);
    for (int i = 0; i < cache.states().length; i++) {
      cache.states()[i] = 1 + i;
    }
    float[] before = cache.states().clone();
    cache.use(1, 2);
    cache.decayed(0, -1);
    cache.passed(1);
    cache.use(2, 4);
    cache.use(3, 1);
    assertThat(cache.states()).isEqualTo(before);
    assertThat(cache.bytes()).isEqualTo(2 * 3 * 4 * Float.BYTES);
  }

  /** A cache and what its states should be. */
  private static final class Case {

    private final int heads;
    private final int rows;
    private final int columns;
    private final ScanCache cache;
    private final double[][][] expected;
    private int usedRows;
    private int usedColumns;

    Case(int heads, int rows, int columns) {
      this.heads = heads;
      this.rows = rows;
      this.columns = columns;
      this.cache = new ScanCache(heads, rows, columns);
      this.expected = new double[heads][rows][columns];
      this.usedRows = rows;
      this.usedColumns = columns;
    }

    void use(int nextRows, int nextColumns) {
      cache.use(nextRows, nextColumns);
      usedRows = nextRows;
      usedColumns = nextColumns;
    }

    void reset() {
      cache.reset();
      for (double[][] head : expected) {
        for (double[] row : head) {
          Arrays.fill(row, 0);
        }
      }
    }

    /** A pass of some tokens, as a mixer makes it. */
    void pass(int tokens, Random random) {
      for (int head = 0; head < heads; head++) {
        cache.catchUp(head);
        for (int token = 0; token < tokens; token++) {
          double log = random.nextInt(40) == 0 ? -60 * random.nextDouble() : -random.nextDouble();
          cache.decayed(head, log);
          token(head, log, random);
        }
      }
      cache.passed(tokens);
    }

    private void token(int head, double log, Random random) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          boolean used = row < usedRows && column < usedColumns;
          float entering = used ? (float) random.nextGaussian() : 0;
          expected[head][row][column] *= Math.exp(log);
          expected[head][row][column] += entering;
          if (used) {
            int at = cache.at(head) + row * cache.stride() + column;
            cache.states()[at] = (float) (Math.exp(log) * cache.states()[at] + entering);
          }
        }
      }
    }

    void compare(String what) {
      for (int head = 0; head < heads; head++) {
        for (int row = 0; row < usedRows; row++) {
          for (int column = 0; column < usedColumns; column++) {
            double actual = cache.states()[cache.at(head) + row * cache.stride() + column];
            assertThat(Math.abs(actual - expected[head][row][column]))
                .as("%s: state [%d, %d, %d]", what, head, row, column)
                .isLessThan(TOLERANCE);
          }
        }
      }
    }
  }
}
