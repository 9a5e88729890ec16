package io.gramian.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.FloatCodec;
import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.checkpoint.packed.RegularBlocks;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Q4RowTest {

  private static final int ROWS = 13;

  private static PackedMatrix random(ColumnGroups groups, long seed) {
    Random random = new Random(seed);
    byte[] levels = new byte[ROWS * groups.columns()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) (random.nextInt(16) - 8);
    }
    float[] scales = new float[ROWS * groups.groups()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = FloatCodec.roundedToF16((float) random.nextGaussian());
    }
    return PackedMatrix.of(groups, levels, scales);
  }

  /** The format's own formula, value by value. */
  private static float[] numbers(ByteBuffer row, int columns) {
    float[] numbers = new float[columns];
    for (int column = 0; column < columns; column++) {
      int block = column / 32 * 18;
      FloatBuffer scale = FloatBuffer.allocate(1);
      FloatCodec.decode(DType.F16, row.slice(block, 2), scale);
      int place = column % 32;
      int pair = row.get(block + 2 + place % 16);
      int value = place < 16 ? pair & 15 : pair >> 4 & 15;
      // Scales may be negative; a zero is a zero.
      numbers[column] = scale.get(0) * (value - 8) + 0f;
    }
    return numbers;
  }

  private static float[] plusZero(float[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] += 0f;
    }
    return numbers;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 13, 207})
  void theSameNumbers(long seed) {
    ColumnGroups groups = new ColumnGroups(List.of(64, 288), 128);
    PackedMatrix matrix = random(groups, seed);
    int[] columns = IntStream.range(0, 352).toArray();
    Q4Row rows = new Q4Row(RegularBlocks.of(groups, columns, 32).orElseThrow());
    for (int row = 0; row < ROWS; row++) {
      assertThat(numbers(rows.bytes(matrix, row), 352))
          .as("row %d, seed %d", row, seed)
          .isEqualTo(plusZero(matrix.dequantised(row, row + 1)));
    }
  }

  /** Heads of 24 columns in places for 32: their scales, and zeros behind. */
  @Test
  void zerosInBetween() {
    ColumnGroups groups = new ColumnGroups(List.of(24, 24), 128);
    PackedMatrix matrix = random(groups, 5);
    int[] columns = new int[96];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = i < 64 && i % 32 < 24 ? i / 32 * 24 + i % 32 : RegularBlocks.ZEROS;
    }
    Q4Row rows = new Q4Row(RegularBlocks.of(groups, columns, 32).orElseThrow());
    for (int row = 0; row < ROWS; row++) {
      float[] expected = new float[96];
      float[] whole = plusZero(matrix.dequantised(row, row + 1));
      System.arraycopy(whole, 0, expected, 0, 24);
      System.arraycopy(whole, 24, expected, 32, 24);
      assertThat(numbers(rows.bytes(matrix, row), 96)).containsExactly(expected);
    }
    assertThat(numbers(rows.bytes(matrix, RegularBlocks.ZEROS), 96)).containsOnly(0);
  }

  @Test
  void whatHasNoScaleForEveryBlock() {
    int[] columns = IntStream.range(0, 64).toArray();
    assertThat(RegularBlocks.of(new ColumnGroups(List.of(24, 40), 128), columns, 32)).isEmpty();
    assertThat(RegularBlocks.of(ColumnGroups.whole(64, 48), columns, 32)).isEmpty();
    assertThat(RegularBlocks.of(ColumnGroups.whole(64, 48), columns, 48)).isEmpty();
    RegularBlocks blocks = RegularBlocks.of(ColumnGroups.whole(64, 48), columns, 16).orElseThrow();
    assertThatThrownBy(() -> new Q4Row(blocks)).hasMessage("blocks of 16 columns");
  }
}
