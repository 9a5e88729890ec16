package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sums, differences and mixes of statistics, in memory and as files. */
class StatisticMixTest {

  private static final StatisticKey KEY = new StatisticKey(3, Site.DOWN_INPUT);
  private static final int SIZE = 13;
  private static final int NOMINAL = 31;

  @TempDir private Path folder;

  @Test
  void partsAddUpToTheWholeAndComeOffAgain() throws IOException {
    Random random = new Random(5);
    List<double[]> tokens = tokens(random, 207);
    Statistic whole = gram(tokens, NOMINAL);
    Statistic first = gram(tokens.subList(0, 13), NOMINAL);
    Statistic second = gram(tokens.subList(13, 207), NOMINAL);
    assertThat(bytes(first.plus(second))).isEqualTo(bytes(whole));
    assertThat(bytes(second.plus(first))).isEqualTo(bytes(whole));
    assertThat(bytes(whole.minus(first))).isEqualTo(bytes(second));
    assertThat(bytes(first.times(Weight.parse("2")))).isEqualTo(bytes(first.plus(first)));
    assertThat(first.plus(second).tokens()).isEqualTo(207);
  }

  @Test
  void aMixOfFilesIsTheMixInMemory() throws IOException {
    Random random = new Random(6);
    Statistic code = gram(tokens(random, 130), NOMINAL);
    Statistic prose = gram(tokens(random, 70), NOMINAL);
    Statistic rest = gram(tokens(random, 1), NOMINAL);
    Weight much = Weight.parse("0.7");
    Weight little = Weight.parse("0.3");
    Statistic expected = code.times(much).plus(prose.times(little)).plus(rest).minus(rest);
    assertThat(expected.tokens()).isEqualTo(91 + 21);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SafetensorsFile a = file("code", code);
        SafetensorsFile b = file("prose", prose);
        SafetensorsFile c = file("rest", rest)) {
      StatisticReader last = StatisticReader.of(c);
      new StatisticMix(
              List.of(
                  new StatisticMix.Part(StatisticReader.of(a), much),
                  new StatisticMix.Part(StatisticReader.of(b), little),
                  new StatisticMix.Part(last, Weight.ONE)),
              List.of(last))
          .write(out);
    }
    assertThat(out.toByteArray()).isEqualTo(bytes(expected));
  }

  /** {@code C} of a mix is the sources' average by shares of weighted tokens. */
  @Test
  void correlationsAreAveragedByShare() {
    Random random = new Random(7);
    Statistic code = gram(tokens(random, 130), NOMINAL);
    Statistic prose = gram(tokens(random, 70), NOMINAL);
    double[] mixed =
        code.times(Weight.parse("0.7"))
            .plus(prose.times(Weight.parse("0.3")))
            .correlationDiagonal();
    double[] tenfold =
        code.times(Weight.parse("7")).plus(prose.times(Weight.parse("3"))).correlationDiagonal();
    for (int i = 0; i < SIZE; i++) {
      double expected =
          (91 * code.correlationDiagonal()[i] + 21 * prose.correlationDiagonal()[i]) / 112;
      assertThat(mixed[i]).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-11));
      assertThat(tenfold[i]).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-11));
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Statistic ten = gram(tokens(new Random(1), 10), NOMINAL);
    assertRefused(() -> ten.plus(gram(tokens(new Random(1), 10), 32)))
        .isEqualTo(
            "block 3, down-input: sequences of at most 31 tokens here and 32 there: what is to be"
                + " combined has to be calibrated with one sequence length");
    Statistic elsewhere =
        new Statistic(
            new StatisticKey(4, Site.OUT_INPUT),
            Map.of(new TileKey(4, Site.OUT_INPUT, 0, 0), tile(tokens(new Random(1), 10))),
            NOMINAL);
    assertRefused(() -> ten.plus(elsewhere))
        .isEqualTo("block 3, down-input: cannot be combined with block 4, out-input");
    Statistic twoTiles =
        new Statistic(KEY, Map.of(place(0), tile(List.of()), place(1), tile(List.of())), NOMINAL);
    assertRefused(() -> ten.plus(twoTiles)).startsWith("block 3, down-input: tiles [TileKey[");
  }

  @Test
  void whatIsNoPartCannotBeTakenAway() {
    List<double[]> tokens = tokens(new Random(2), 1207);
    Statistic few = gram(tokens.subList(0, 13), NOMINAL);
    Statistic many = gram(tokens, NOMINAL);
    assertRefused(() -> few.minus(many))
        .isEqualTo(
            "block 3, down-input: 1,207 tokens cannot be taken from 13: what is subtracted is no"
                + " part of what is added");
    assertRefused(() -> few.minus(few)).contains("13 tokens cannot be taken from 13");
    double[] peak = new double[SIZE];
    peak[4] = 100;
    assertRefused(() -> few.minus(gram(List.of(peak), NOMINAL)))
        .startsWith("block 3, down-input: a sum of squares would be -")
        .endsWith(": what is subtracted is no part of what is added");
  }

  @Test
  void tooSmallAndTooLargeWeightsAreRefused() {
    Statistic ten = gram(tokens(new Random(1), 10), NOMINAL);
    assertRefused(() -> ten.times(Weight.parse("0.05")))
        .isEqualTo(
            "block 3, down-input: weight 0.05 leaves none of 10 tokens: multiply all weights by the"
                + " same large number, which gives the same mix");
    double[] large = new double[SIZE];
    large[0] = 1e9;
    Statistic huge = gram(List.of(large), NOMINAL);
    assertRefused(() -> huge.times(Weight.parse("999999999")))
        .isEqualTo(
            "block 3, down-input: the sum leaves the range of 2^71 (2.4e21) that it can have: give"
                + " smaller weights, or calibrate on less text");
  }

  @Test
  void filesOfDifferentModelsAreRefused() throws IOException {
    Tile small = Tile.zeros(2, 2);
    small.add(new double[4], 10);
    try (SafetensorsFile a = file("a", gram(tokens(new Random(1), 10), NOMINAL));
        SafetensorsFile b = file("b", new Statistic(KEY, Map.of(place(0), small), NOMINAL))) {
      StatisticMix mix =
          new StatisticMix(
              List.of(
                  new StatisticMix.Part(StatisticReader.of(a), Weight.ONE),
                  new StatisticMix.Part(StatisticReader.of(b), Weight.ONE)),
              List.of());
      assertRefused(() -> mix.write(new ByteArrayOutputStream()))
          .isEqualTo(
              "%s/a and %s/b hold tiles of different sizes: they are not of one model"
                  .formatted(folder, folder));
    }
  }

  private static org.assertj.core.api.AbstractStringAssert<?> assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable operation) {
    return assertThatThrownBy(operation).isInstanceOf(UserException.class).message();
  }

  private SafetensorsFile file(String name, Statistic statistic) throws IOException {
    Files.write(folder.resolve(name), bytes(statistic));
    return SafetensorsFile.open(LocalDirectory.of(folder).open(name));
  }

  private static byte[] bytes(Statistic statistic) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StatisticFile.write(statistic, out);
    return out.toByteArray();
  }

  private static List<double[]> tokens(Random random, int count) {
    List<double[]> tokens = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tokens.add(random.doubles(SIZE, -10, 10).toArray());
    }
    return tokens;
  }

  private static TileKey place(int column) {
    return new TileKey(KEY.blockIndex(), KEY.site(), 0, column);
  }

  private static Statistic gram(List<double[]> tokens, int sequenceLength) {
    return new Statistic(KEY, new TreeMap<>(Map.of(place(0), tile(tokens))), sequenceLength);
  }

  /** {@code sum x x'}, a token at a time. */
  private static Tile tile(List<double[]> tokens) {
    Tile tile = Tile.zeros(SIZE, SIZE);
    for (double[] x : tokens) {
      double[] product = new double[SIZE * SIZE];
      for (int i = 0; i < product.length; i++) {
        product[i] = x[i / SIZE] * x[i % SIZE];
      }
      tile.add(product, 1);
    }
    return tile;
  }
}
