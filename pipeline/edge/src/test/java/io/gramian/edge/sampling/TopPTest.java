package io.gramian.edge.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.gramian.checkpoint.UserException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopPTest {

  private static final long SEED = 42;
  private static final int DRAWS = 20_000;

  private static final int SEEDS = 30;

  /** Of 9 degrees of freedom the mean over 30 seeds is 9, give or take 0.8. */
  private static final double CHI_SQUARE_LIMIT = 12;

  @ParameterizedTest
  @CsvSource({"1, 1", "0.5, 1", "2, 1", "1, 0.9", "1, 0.5", "0.7, 0.8"})
  void drawsAsOftenAsTheProbabilitiesSay(double temperature, double topP) {
    float[] logits = {1.5f, -1, 0.25f, 0, 2, -0.5f, 1, 0.75f, -2, 0.5f};
    double[] expected = nucleus(logits, temperature, topP);
    double chiSquare = 0;
    for (int seed = 1; seed <= SEEDS; seed++) {
      chiSquare += chiSquare(counts(logits, new TopP(temperature, topP, seed)), expected);
    }
    assertThat(chiSquare / SEEDS).as("seeds 1 to %d", SEEDS).isLessThan(CHI_SQUARE_LIMIT);
  }

  @ParameterizedTest
  @CsvSource({"0.49, 1", "0.5, 1", "0.51, 2", "0.75, 2", "0.76, 3", "0.874, 3", "0.876, 4", "1, 4"})
  void theNucleusIsTheFewestThatSuffice(double topP, int size) {
    // The probabilities are 1/8, 1/2, 1/8, 1/4; of the two equal ones the lower id comes first.
    float[] logits = {0, (float) Math.log(4), 0, (float) Math.log(2)};
    int[] counts = counts(logits, new TopP(1, topP, SEED));

    int[] order = {1, 3, 0, 2};
    for (int rank = 0; rank < order.length; rank++) {
      assertThat(counts[order[rank]] > 0).as("rank %d", rank).isEqualTo(rank < size);
    }
  }

  @Test
  void selectsAsSortingDoes() {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      float[] logits = new float[1 + random.nextInt(300)];
      for (int id = 0; id < logits.length; id++) {
        logits[id] = (float) (random.nextInt(-20, 20) / 4.0);
      }
      double topP = 1 - random.nextDouble();
      double[] expected = nucleus(logits, 1, topP);
      TopP sampler = new TopP(1, topP, seed);
      for (int i = 0; i < 50; i++) {
        assertThat(expected[sampler.next(logits)]).as("seed %d", seed).isPositive();
      }
    }
  }

  @Test
  void theSameSeedDrawsTheSame() {
    float[] logits = waves(1000);

    assertThat(draws(logits, new TopP(1, 0.9, 5))).isEqualTo(draws(logits, new TopP(1, 0.9, 5)));
    assertThat(draws(logits, new TopP(1, 0.9, 5))).isNotEqualTo(draws(logits, new TopP(1, 0.9, 6)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.MIN_VALUE, 1e-300, 1e-3})
  void theLowestTemperaturesDrawTheLikeliest(double temperature) {
    float[] logits = {1, 3, 2.9f, -100, 88};
    for (double topP : new double[] {Double.MIN_VALUE, 0.5, 1}) {
      TopP sampler = new TopP(temperature, topP, SEED);
      assertThat(IntStream.range(0, 1000).map(i -> sampler.next(logits))).containsOnly(4);
    }
  }

  @Test
  void theHighestTemperatureDrawsAllAlike() {
    float[] logits = {1, 3, 2, -100, 88};
    int[] counts = counts(logits, new TopP(Double.MAX_VALUE, 1, SEED));
    for (int count : counts) {
      assertThat((double) count).as("seed %d", SEED).isCloseTo(DRAWS / 5.0, within(300.0));
    }
  }

  @Test
  void equalLogitsFillTheNucleusFromTheLowestId() {
    int[] counts = counts(new float[10], new TopP(1, 0.25, SEED));
    assertThat(Arrays.stream(counts).limit(3)).allMatch(count -> count > DRAWS / 4);
    assertThat(Arrays.stream(counts).skip(3)).containsOnly(0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.MIN_VALUE, 0.3, 0.999999, 1})
  void impossibleTokensAreNeverDrawn(double topP) {
    float[] logits = {Float.NaN, 1, Float.NEGATIVE_INFINITY, 1, Float.NaN};
    TopP sampler = new TopP(1, topP, SEED);
    assertThat(IntStream.range(0, 1000).map(i -> sampler.next(logits)).distinct()).isSubsetOf(1, 3);
  }

  @Test
  void nothingIsAllocatedAfterTheFirstToken() {
    float[] logits = waves(32_000);
    for (double topP : new double[] {0.9, 1}) {
      TopP sampler = new TopP(1, topP, SEED);
      draw(sampler, logits, 50);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      draw(sampler, logits, 100);
      // Far less than one array of the vocabulary's size.
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(16_000);
    }
  }

  @Test
  void vocabulariesOfDifferentSizesMayFollow() {
    TopP sampler = new TopP(1, 0.5, SEED);
    assertThat(sampler.next(new float[] {0, 9})).isEqualTo(1);
    assertThat(sampler.next(new float[] {0, 0, 9})).isEqualTo(2);
    assertThat(sampler.next(new float[] {9})).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesTemperaturesOutOfRange(double temperature) {
    assertThatThrownBy(() -> new TopP(temperature, 0.9, SEED))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "a temperature of "
                + temperature
                + " cannot be sampled with; give a number above 0, for example 0.8, or sample greedily");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
  void refusesSharesOutOfRange(double topP) {
    assertThatThrownBy(() -> new TopP(1, topP, SEED))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "a top-p of "
                + topP
                + " cannot be sampled with; give a number above 0 and at most 1, for example 0.95");
  }

  /** Infinite if an impossible token was drawn. */
  private static double chiSquare(int[] counts, double[] expected) {
    double sum = 0;
    for (int id = 0; id < counts.length; id++) {
      double mean = DRAWS * expected[id];
      double difference = counts[id] - mean;
      sum += difference == 0 ? 0 : difference * difference / mean;
    }
    return sum;
  }

  private static float[] waves(int size) {
    float[] logits = new float[size];
    for (int id = 0; id < size; id++) {
      logits[id] = (float) (5 * Math.sin(id));
    }
    return logits;
  }

  /** The probability of each token, by sorting. */
  private static double[] nucleus(float[] logits, double temperature, double topP) {
    double[] weights = new double[logits.length];
    Arrays.setAll(weights, id -> Math.exp(logits[id] / temperature));
    double total = Arrays.stream(weights).sum();
    List<Integer> order =
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer id) -> weights[id]).reversed())
            .toList();
    double[] probabilities = new double[logits.length];
    double mass = 0;
    for (int id : order) {
      if (mass < topP * total) {
        probabilities[id] = weights[id];
        mass += weights[id];
      }
    }
    double nucleus = mass;
    return Arrays.stream(probabilities).map(weight -> weight / nucleus).toArray();
  }

  private static int[] counts(float[] logits, TopP sampler) {
    int[] counts = new int[logits.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampler.next(logits)]++;
    }
    return counts;
  }

  private static int[] draws(float[] logits, TopP sampler) {
    return IntStream.range(0, 200).map(i -> sampler.next(logits)).toArray();
  }

  private static void draw(TopP sampler, float[] logits, int count) {
    for (int i = 0; i < count; i++) {
      sampler.next(logits);
    }
  }
}
