package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.DoubleBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointSumTest {

  private static final int TERMS = 207;
  private static final int LENGTH = 13;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void anyOrderAndAnyGroupingGivesTheSameWords(long seed) {
    Random random = new Random(seed);
    List<double[]> terms = terms(random);
    FixedPointSum inOrder = sum(terms);
    List<double[]> shuffled = new ArrayList<>(terms);
    Collections.shuffle(shuffled, random);
    FixedPointSum merged = FixedPointSum.zeros(LENGTH);
    int from = 0;
    while (from < shuffled.size()) {
      int to = Math.min(shuffled.size(), from + 1 + random.nextInt(40));
      merged.merge(sum(shuffled.subList(from, to)));
      from = to;
    }
    assertThat(merged).as("seed %d", seed).isEqualTo(inOrder);
    assertThat(merged.highWords()).isEqualTo(inOrder.highWords());
    assertThat(merged.lowWords()).isEqualTo(inOrder.lowWords());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void minusUndoesPlus(long seed) {
    Random random = new Random(seed);
    FixedPointSum first = sum(terms(random));
    FixedPointSum second = sum(terms(random));
    FixedPointSum both = first.plus(second);
    FixedPointSum merged = sum(List.of());
    merged.merge(second);
    merged.merge(first);
    assertThat(both).as("seed %d", seed).isEqualTo(merged);
    assertThat(both.minus(second)).isEqualTo(first);
    assertThat(both.minus(second).minus(first)).isEqualTo(FixedPointSum.zeros(LENGTH));
  }

  /** The words as one integer, worth {@code 2^-44}. */
  private static BigInteger units(FixedPointSum sum, int i) {
    return BigInteger.valueOf(sum.highWords()[i])
        .shiftLeft(52)
        .add(BigInteger.valueOf(sum.lowWords()[i]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "2", "13", "999999999", "0.5", "0.7", "0.3", "0.333333333", "0.000000001"})
  void timesRoundsTheExactProductOnceAndHalvesToEven(String text) {
    Weight weight = Weight.parse(text);
    Random random = new Random(text.hashCode());
    for (int trial = 0; trial < 100; trial++) {
      FixedPointSum sum = FixedPointSum.ofWords(highWords(random), lowWords(random));
      FixedPointSum product = sum.times(weight);
      for (int i = 0; i < LENGTH; i++) {
        BigInteger expected =
            new BigDecimal(units(sum, i))
                .multiply(new BigDecimal(text))
                .setScale(0, RoundingMode.HALF_EVEN)
                .toBigIntegerExact();
        assertThat(units(product, i)).as("%s x %s", text, units(sum, i)).isEqualTo(expected);
        assertThat(product.lowWords()[i]).isBetween(0L, (1L << 52) - 1);
      }
    }
  }

  /** Up to 33 bits and a sign, so that no weight overflows; also the words next to a carry. */
  private static long[] highWords(Random random) {
    return random.longs(LENGTH).map(word -> word >> (30 + random.nextInt(34))).toArray();
  }

  private static long[] lowWords(Random random) {
    long[] edges = {0, 1, (1L << 26) - 1, 1L << 26, 1L << 51, (1L << 52) - 1};
    return random
        .longs(LENGTH)
        .map(word -> (word & 3) == 0 ? edges[random.nextInt(edges.length)] : word >>> 12)
        .toArray();
  }

  @Test
  void halvesGoToTheEvenUnit() {
    long[] low = {1, 2, 3, 5};
    FixedPointSum half = FixedPointSum.ofWords(new long[4], low).times(Weight.parse("0.5"));
    assertThat(half.lowWords()).containsExactly(0, 1, 2, 2);
    FixedPointSum below = FixedPointSum.zeros(4).minus(FixedPointSum.ofWords(new long[4], low));
    assertThat(FixedPointSum.zeros(4).minus(below.times(Weight.parse("0.5")))).isEqualTo(half);
  }

  @Test
  void wholeWeightsAreRepeatedSums() {
    FixedPointSum sum = sum(terms(new Random(3)));
    assertThat(sum.times(Weight.parse("3"))).isEqualTo(sum.plus(sum).plus(sum));
    assertThat(sum.times(Weight.ONE)).isEqualTo(sum);
  }

  @Test
  void whatLeavesTheRangeIsRefused() {
    FixedPointSum most = FixedPointSum.ofWords(new long[] {Long.MAX_VALUE}, new long[] {0});
    FixedPointSum least = FixedPointSum.ofWords(new long[] {Long.MIN_VALUE}, new long[] {0});
    FixedPointSum one = FixedPointSum.ofWords(new long[] {1}, new long[] {0});
    assertThatThrownBy(() -> most.plus(one)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> most.merge(one)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> least.minus(one)).isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> most.times(Weight.parse("1.1")))
        .isInstanceOf(ArithmeticException.class);
    assertThat(most.times(Weight.parse("0.5")).highWords()).containsExactly(Long.MAX_VALUE / 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void agreesWithExactArithmeticToItsResolution(long seed) {
    List<double[]> terms = terms(new Random(seed));
    double[] sums = sum(terms).toDoubles();
    for (int i = 0; i < LENGTH; i++) {
      BigDecimal exact = BigDecimal.ZERO;
      for (double[] term : terms) {
        exact = exact.add(new BigDecimal(term[i]));
      }
      double tolerance = TERMS * 0x1p-45 + Math.ulp(exact.doubleValue());
      assertThat(sums[i])
          .as("seed %d element %d", seed, i)
          .isCloseTo(exact.doubleValue(), within(tolerance));
    }
  }

  @Test
  void multiplesOfTheUnitAreExact() {
    FixedPointSum sum = FixedPointSum.zeros(4);
    double[] terms = {0x1p-44, -0x1p-44, 255.99999999999994, -0.5};
    sum.add(terms);
    assertThat(sum.toDoubles()).isEqualTo(terms);
  }

  @Test
  void cancelsExactlyWhereDoublesDoNot() {
    FixedPointSum sum = FixedPointSum.zeros(1);
    for (double term : new double[] {1e15, 0.1, -1e15}) {
      sum.add(new double[] {term});
    }
    assertThat(sum.toDoubles()[0]).isCloseTo(0.1, within(0x1p-45));
    assertThat(1e15 + 0.1 - 1e15).isNotCloseTo(0.1, within(1e-3));
  }

  @Test
  void refusesTermsThatHaveNoSum() {
    for (double term : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -0x1p62}) {
      assertThatThrownBy(() -> FixedPointSum.zeros(1).add(new double[] {term}))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("cannot be summed");
    }
  }

  /** 4096 terms are fetched at once. */
  @ParameterizedTest
  @ValueSource(ints = {1, 13, 4095, 4096, 4097, 8399})
  void termsOfABufferAreThoseOfAnArray(int length) {
    Random random = new Random(length);
    FixedPointSum expected = FixedPointSum.zeros(length);
    FixedPointSum actual = FixedPointSum.zeros(length);
    for (int i = 0; i < 3; i++) {
      double[] terms = random.doubles(length, -1e6, 1e6).toArray();
      expected.add(terms);
      actual.add(DoubleBuffer.wrap(terms));
    }
    assertThat(actual.equals(expected)).as("seed %d", length).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4096, 8398})
  void refusesABufferWithATermThatHasNoSum(int place) {
    double[] terms = new double[8399];
    terms[place] = Double.NaN;
    FixedPointSum sum = FixedPointSum.zeros(terms.length);
    assertThatThrownBy(() -> sum.add(DoubleBuffer.wrap(terms)))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("cannot be summed");
    assertThatThrownBy(() -> sum.add(DoubleBuffer.wrap(terms, 1, 13)))
        .hasMessageContaining("13 terms for 8399 sums");
  }

  @Test
  void refusesWordsThatAreNotCanonical() {
    assertThatThrownBy(() -> FixedPointSum.ofWords(new long[] {0}, new long[] {1L << 52}))
        .hasMessageContaining("outside [0, 2^52)");
    assertThatThrownBy(() -> FixedPointSum.ofWords(new long[1], new long[2]))
        .hasMessageContaining("high has 1 words, low has 2");
  }

  private static FixedPointSum sum(List<double[]> terms) {
    FixedPointSum sum = FixedPointSum.zeros(LENGTH);
    terms.forEach(sum::add);
    return sum;
  }

  /** Magnitudes from 1e-12 to 1e12, both signs. */
  private static List<double[]> terms(Random random) {
    List<double[]> terms = new ArrayList<>();
    for (int i = 0; i < TERMS; i++) {
      double[] term = new double[LENGTH];
      for (int j = 0; j < LENGTH; j++) {
        term[j] = random.nextGaussian() * Math.pow(10, random.nextInt(25) - 12);
      }
      terms.add(term);
    }
    return terms;
  }
}
