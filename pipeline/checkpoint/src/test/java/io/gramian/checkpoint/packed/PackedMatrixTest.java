package io.gramian.checkpoint.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes, numbers and prefixes of packed rows against plain loops. */
class PackedMatrixTest {

  private static final long SEED = 207;

  static Stream<Arguments> shapes() {
    return Stream.of(
        Arguments.of(1, new ColumnGroups(List.of(2), 128)),
        Arguments.of(13, ColumnGroups.whole(256, 128)),
        Arguments.of(13, ColumnGroups.whole(130, 128)),
        Arguments.of(207, new ColumnGroups(List.of(10, 10, 10, 10), 128)),
        Arguments.of(7, new ColumnGroups(List.of(6, 14, 2), 4)));
  }

  /** Levels and scales that are what they are by place alone. */
  private static final class Content {

    private final ColumnGroups groups;
    private final byte[] levels;
    private final float[] scales;

    Content(ColumnGroups groups, byte[] levels, float[] scales) {
      this.groups = groups;
      this.levels = levels;
      this.scales = scales;
    }

    static Content random(int rows, ColumnGroups groups, Random random) {
      byte[] levels = new byte[rows * groups.columns()];
      float[] scales = new float[rows * groups.groups()];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = (byte) (random.nextInt(16) - 8);
      }
      for (int i = 0; i < scales.length; i++) {
        scales[i] = (1 + random.nextInt(1024)) / 1024f;
      }
      return new Content(groups, levels, scales);
    }

    PackedMatrix packed() {
      return PackedMatrix.of(groups, levels, scales);
    }

    float scale(int row, int column) {
      int group = 0;
      int first = 0;
      for (int run : groups.runs()) {
        for (int at = 0; at < run; at++) {
          if (first + at == column) {
            return scales[row * groups.groups() + group + at / groups.largest()];
          }
        }
        first += run;
        group += (run + groups.largest() - 1) / groups.largest();
      }
      throw new AssertionError(column);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void twoLevelsShareAByteLowFirst(int rows, ColumnGroups groups) {
    Content content = Content.random(rows, groups, new Random(SEED));
    PackedMatrix packed = content.packed();
    assertThat(packed.rows()).isEqualTo(rows);
    ByteBuffer values = packed.values();
    assertThat(values.remaining()).isEqualTo(rows * groups.columns() / 2);
    for (int i = 0; i < content.levels.length; i++) {
      int value = values.get(i / 2) & 0xff;
      int level = (i % 2 == 0 ? value % 16 : value / 16) - 8;
      assertThat(level).as("seed %d, element %d", SEED, i).isEqualTo(content.levels[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void numbersAreLevelsTimesScales(int rows, ColumnGroups groups) {
    Content content = Content.random(rows, groups, new Random(SEED));
    int from = rows / 3;
    float[] numbers = content.packed().dequantised(from, rows);
    int columns = groups.columns();
    assertThat(numbers).hasSize((rows - from) * columns);
    for (int i = 0; i < numbers.length; i++) {
      int row = from + i / columns;
      float expected =
          content.levels[row * columns + i % columns] * content.scale(row, i % columns);
      assertThat(numbers[i]).as("seed %d, element %d", SEED, i).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void partsJoinToTheWhole(int rows, ColumnGroups groups) {
    Content content = Content.random(rows, groups, new Random(SEED));
    PackedMatrix whole = content.packed();
    List<PackedMatrix> parts = new ArrayList<>();
    List<Integer> all = groups.runs();
    for (int from = 0; from < rows; from += 5) {
      parts.add(whole.cut(IntStream.range(from, Math.min(from + 5, rows)).toArray(), all));
    }
    assertThat(PackedMatrix.joined(parts)).isEqualTo(whole).hasSameHashCodeAs(whole);
    assertThat(PackedMatrix.ofBytes(groups, whole.values(), whole.scales())).isEqualTo(whole);
  }

  /** A cut has the bytes of the same rows and columns packed anew. */
  @ParameterizedTest
  @MethodSource("shapes")
  void aCutIsThePackedSlice(int rows, ColumnGroups groups) {
    for (long seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      Content content = Content.random(rows, groups, random);
      List<Integer> kept =
          groups.runs().stream().map(run -> 2 * (1 + random.nextInt(run / 2))).toList();
      int[] places = IntStream.range(0, rows).filter(row -> random.nextInt(3) > 0).toArray();
      PackedMatrix cut = content.packed().cut(places, kept);
      assertThat(cut).as("seed %d", seed).isEqualTo(slice(content, places, kept));
    }
  }

  private static PackedMatrix slice(Content content, int[] places, List<Integer> kept) {
    ColumnGroups narrow = new ColumnGroups(kept, content.groups.largest());
    byte[] levels = new byte[places.length * narrow.columns()];
    float[] scales = new float[places.length * narrow.groups()];
    int at = 0;
    int scaleAt = 0;
    for (int row : places) {
      int first = 0;
      for (int run = 0; run < kept.size(); run++) {
        for (int column = 0; column < kept.get(run); column++) {
          if (column % narrow.largest() == 0) {
            scales[scaleAt++] = content.scale(row, first + column);
          }
          levels[at++] = content.levels[row * content.groups.columns() + first + column];
        }
        first += content.groups.runs().get(run);
      }
    }
    return PackedMatrix.of(narrow, levels, scales);
  }

  @Test
  void scalesAreLittleEndianHalves() {
    PackedMatrix packed =
        PackedMatrix.of(ColumnGroups.whole(2, 128), new byte[] {-8, 7}, new float[] {1.5f});
    assertThat(packed.values().get(0) & 0xff).isEqualTo(0xf0);
    assertThat(packed.scales().order(ByteOrder.LITTLE_ENDIAN).getShort(0))
        .isEqualTo((short) 0x3e00);
  }

  @Test
  void refusesWhatDoesNotFit() {
    ColumnGroups groups = ColumnGroups.whole(4, 128);
    assertThatThrownBy(() -> PackedMatrix.of(groups, new byte[4], new float[2]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PackedMatrix.of(groups, new byte[] {8, 0, 0, 0}, new float[] {1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("level 8 is outside -8..7");
    assertThatThrownBy(() -> groups.prefixes(List.of(6)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> groups.prefixes(List.of(3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ColumnGroups(List.of(5), 128))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ColumnGroups(List.of(4), 7))
        .isInstanceOf(IllegalArgumentException.class);
    PackedMatrix packed = PackedMatrix.of(groups, new byte[4], new float[1]);
    PackedMatrix other = PackedMatrix.of(ColumnGroups.whole(2, 128), new byte[2], new float[1]);
    assertThatThrownBy(() -> PackedMatrix.joined(List.of(packed, other)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be joined");
  }
}
