package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the padding never shows in a statistic. */
class PaddingIT {

  private static final long SEED = 13;
  private static final int POSITIONS = 13;
  private static final int[] LENGTHS = {13, 5, 1};

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llamaGrouped", "llamaBiases", "llamaMultiQuery", "qwen2Tied"})
  void aPaddedBatchCountsItsRealTokensOnly(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Tensor batch = batch(model.spec().hiddenSize());
      for (ResidualBlock block : model.spec().blocks()) {
        BlockForward forward = new BlockForward(block, decoder.weights(block));
        BlockStatistics padded = new BlockStatistics(block);
        add(padded, forward, batch, new TokenMask(LENGTHS, POSITIONS));
        BlockStatistics alone = new BlockStatistics(block);
        for (int row = 0; row < LENGTHS.length; row++) {
          Tensor x = Tensors.range(Tensors.range(batch, 0, row, row + 1), 1, 0, LENGTHS[row]);
          add(alone, forward, x, new TokenMask(new int[] {LENGTHS[row]}, LENGTHS[row]));
        }
        assertSame(padded.tiles(), alone.tiles());
      }
    }
  }

  @Test
  void aRowLongerThanTheBatchIsRefused() {
    assertThatThrownBy(() -> new TokenMask(new int[] {13, 14}, 13))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1 has 14 tokens in 13 positions");
    assertThatThrownBy(() -> new TokenMask(new int[] {-1, 3}, 13))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 0 has -1 tokens in 13 positions");
    assertThat(new TokenMask(LENGTHS, POSITIONS).tokenCount()).isEqualTo(19);
  }

  /** Real tokens are ordinary, padding is huge. */
  private static Tensor batch(int hidden) {
    float[] values = RandomModel.gaussians(new Random(SEED), LENGTHS.length * POSITIONS * hidden);
    for (int row = 0; row < LENGTHS.length; row++) {
      int start = row * POSITIONS * hidden;
      Arrays.fill(values, start + LENGTHS[row] * hidden, start + POSITIONS * hidden, 1e9f);
    }
    return Tensor.create(values, LENGTHS.length, POSITIONS, hidden);
  }

  private static void add(
      BlockStatistics statistics, BlockForward forward, Tensor x, TokenMask mask) {
    Tensor y = forward.apply(x, statistics.recorder(mask));
    statistics.recordInfluence(Site.BLOCK_INFLUENCE, x, y, mask);
  }

  private static void assertSame(Map<TileKey, Tile> padded, Map<TileKey, Tile> alone) {
    assertThat(padded.keySet()).isEqualTo(alone.keySet()).hasSizeGreaterThan(1);
    padded.forEach(
        (key, tile) -> {
          double[] expected = alone.get(key).sum().toDoubles();
          double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
          assertThat(tile.tokens()).isEqualTo(19).isEqualTo(alone.get(key).tokens());
          assertThat(tile.sum().toDoubles())
              .as("seed %d %s", SEED, key)
              .containsExactly(expected, within(1e-5 * largest));
        });
  }
}
