package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticFileTest {

  private static final Map<String, String> METADATA =
      Map.of(
          "format", "gramian-statistic-1",
          "block", "4",
          "site", "value",
          "tokens", "207",
          "sequence_length", "13");

  private static final List<String> ONE_TILE = List.of("tile.0.0.high", "tile.0.0.low");

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 13, 13", "3, 1, 207"})
  void roundTrip(int tiles, int rows, int columns) throws IOException {
    Statistic statistic = statistic(tiles, rows, columns);
    write("statistic", bytes(statistic));
    Statistic read = read("statistic");
    assertThat(read.key()).isEqualTo(statistic.key());
    assertThat(read.tokens()).isEqualTo(207);
    assertThat(read.sequenceLength()).isEqualTo(13);
    assertThat(read.heads()).isEqualTo(tiles);
    assertThat(read.tiles().keySet()).isEqualTo(statistic.tiles().keySet());
    statistic
        .tiles()
        .forEach((key, tile) -> assertThat(read.tiles().get(key).sum()).isEqualTo(tile.sum()));
  }

  @Test
  void theSameStatisticIsTheSameBytes() throws IOException {
    assertThat(bytes(statistic(3, 13, 13))).isEqualTo(bytes(statistic(3, 13, 13)));
  }

  @Test
  void aFileOfAnotherKindIsRefused() throws IOException {
    write("other", file(Map.of("format", "pt"), ONE_TILE, 0));
    assertRefused("other")
        .isEqualTo(
            folder
                + "/other is not a Gramian statistic (format pt, expected gramian-statistic-1):"
                + " run calibrate again");
    write("newer", file(with("format", "gramian-statistic-2"), ONE_TILE, 0));
    assertRefused("newer")
        .isEqualTo(
            folder
                + "/newer is not a Gramian statistic (format gramian-statistic-2, expected"
                + " gramian-statistic-1): run calibrate again");
  }

  @Test
  void aTileNeedsBothItsWords() throws IOException {
    write("half", file(METADATA, List.of("tile.0.0.high"), 0));
    assertRefused("half")
        .isEqualTo(damaged("half", "2 tensors are wanted for 1 tiles, there are 1"));
    write("low", file(METADATA, List.of("tile.0.0.high", "tile.0.0.low", "tile.1.0.low"), 0));
    assertRefused("low").isEqualTo(damaged("low", "2 tensors are wanted for 1 tiles, there are 3"));
  }

  @Test
  void aLowWordOutOfRangeIsRefused() throws IOException {
    write("word", file(METADATA, ONE_TILE, 1L << 52));
    assertRefused("word")
        .isEqualTo(damaged("word", "low word 4503599627370496 is outside [0, 2^52)"));
    write("negative", file(METADATA, ONE_TILE, -1));
    assertRefused("negative").isEqualTo(damaged("negative", "low word -1 is outside [0, 2^52)"));
  }

  @Test
  void foreignTensorsAndMetadataAreRefused() throws IOException {
    write("name", file(METADATA, List.of("weight"), 0));
    assertRefused("name").isEqualTo(damaged("name", "unexpected tensor weight"));
    write("site", file(with("site", "elsewhere"), ONE_TILE, 0));
    assertRefused("site").isEqualTo(damaged("site", "unknown site elsewhere"));
    write("empty", file(METADATA, List.of(), 0));
    assertRefused("empty").isEqualTo(damaged("empty", "it has no tile"));
  }

  @ParameterizedTest
  @CsvSource({"tokens, 0", "tokens, -5", "sequence_length, 0", "block, -1"})
  void numbersThatNoCalibrationHasAreRefused(String name, String value) throws IOException {
    write("number", file(with(name, value), ONE_TILE, 0));
    assertRefused("number").startsWith(folder + "/number is a damaged statistic (").contains(value);
  }

  private String damaged(String name, String why) {
    return folder + "/" + name + " is a damaged statistic (" + why + "): run calibrate again";
  }

  private org.assertj.core.api.AbstractStringAssert<?> assertRefused(String name) {
    return assertThatThrownBy(() -> read(name)).isInstanceOf(UserException.class).message();
  }

  private Statistic read(String name) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(LocalDirectory.of(folder).open(name))) {
      return StatisticFile.read(file);
    }
  }

  private void write(String name, byte[] bytes) throws IOException {
    Files.write(folder.resolve(name), bytes);
  }

  private static byte[] bytes(Statistic statistic) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StatisticFile.write(statistic, out);
    return out.toByteArray();
  }

  /** Sums of both signs and many magnitudes. */
  private static Statistic statistic(int tiles, int rows, int columns) {
    Random random = new Random(7);
    Map<TileKey, Tile> all = new TreeMap<>();
    for (int head = 0; head < tiles; head++) {
      double[] terms = new double[rows * columns];
      for (int i = 0; i < terms.length; i++) {
        terms[i] = random.nextGaussian() * Math.pow(10, random.nextInt(25) - 12);
      }
      Tile tile = Tile.zeros(rows, columns);
      tile.add(terms, 207);
      all.put(new TileKey(4, Site.VALUE, head, 0), tile);
    }
    return new Statistic(new StatisticKey(4, Site.VALUE), all, 13);
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> changed = new TreeMap<>(METADATA);
    changed.put(name, value);
    return changed;
  }

  /** One element a tensor, all of them {@code word}. */
  private static byte[] file(Map<String, String> metadata, List<String> tensors, long word)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<TensorSpec> specs =
        tensors.stream().map(name -> new TensorSpec(name, DType.I64, List.of(1L, 1L))).toList();
    try (SafetensorsWriter writer = new SafetensorsWriter(out, metadata, specs)) {
      for (int i = 0; i < tensors.size(); i++) {
        writer.append(
            ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(word).flip());
      }
    }
    return out.toByteArray();
  }
}
