package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.Site;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told beforehand against what is there afterwards. */
class StatisticSizeIT {

  private static final long SEED = 29;

  @TempDir private Path folder;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"llamaGrouped", "qwen2Tied", "mamba2TwoGroups", "bambaBiases", "nemotronPattern"})
  void isThatOfTheTilesOfEveryBlock(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder)) {
      for (ResidualBlock block : model.spec().blocks()) {
        Map<Site, List<Tile>> tiles =
            accumulated(model, block).entrySet().stream()
                .collect(
                    Collectors.groupingBy(
                        entry -> entry.getKey().site(),
                        Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        List<StatisticSize> sizes = StatisticSize.of(block);
        assertThat(sizes).extracting(StatisticSize::site).hasSameElementsAs(tiles.keySet());
        for (StatisticSize size : sizes) {
          assertThat(size.tiles()).as("%s", size).isEqualTo(tiles.get(size.site()).size());
          assertThat(size.elements()).as("%s", size).isEqualTo(elements(tiles.get(size.site())));
        }
      }
    }
  }

  private static long elements(Collection<Tile> tiles) {
    return tiles.stream().mapToLong(tile -> tile.sum().length()).sum();
  }

  private static Map<TileKey, Tile> accumulated(ModelCheckpoint model, ResidualBlock block) {
    int tokens = 13;
    int size = model.spec().hiddenSize();
    BlockStatistics statistics = new BlockStatistics(block);
    TokenMask mask = new TokenMask(new int[] {tokens}, tokens);
    try (Weights weights = Weights.read(model.checkpoint(), block.tensors());
        PointerScope scope = new PointerScope()) {
      float[] values = RandomModel.gaussians(new Random(SEED), tokens * size);
      Tensor x = Tensor.create(values, 1, tokens, size);
      Tensor y = new BlockForward(block, weights).apply(x, statistics.recorder(mask));
      statistics.recordInfluence(Site.BLOCK_INFLUENCE, x, y, mask);
      statistics.recordInfluence(Site.LAYER_INFLUENCE, x, y, mask);
      return statistics.tiles();
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "13,1", "512,1", "513,3", "1024,3", "1025,6", "14336,406"})
  void aGramHasTheTilesOfItsUpperTriangle(int n, int tiles) {
    StatisticSize size = StatisticSize.gram(Site.DOWN_INPUT, n);
    long elements = 0;
    for (int row = 0; row < n; row += GramAccumulator.TILE) {
      for (int column = row; column < n; column += GramAccumulator.TILE) {
        elements +=
            (long) Math.min(GramAccumulator.TILE, n - row)
                * Math.min(GramAccumulator.TILE, n - column);
      }
    }
    assertThat(size).isEqualTo(new StatisticSize(Site.DOWN_INPUT, tiles, elements));
  }

  /** As Spark sends them: keys and tiles in one stream that now and then forgets what it said. */
  @Test
  void takesOnTheWireWhatWasSaid() throws IOException {
    int n = 1025;
    StatisticSize size = StatisticSize.gram(Site.DOWN_INPUT, n);
    GramAccumulator gram = new GramAccumulator(new StatisticKey(3, Site.DOWN_INPUT), n);
    try (PointerScope scope = new PointerScope()) {
      gram.add(Tensor.create(RandomModel.gaussians(new Random(SEED), 7 * n), 7, n));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      for (Map.Entry<TileKey, Tile> entry : gram.tiles().entrySet()) {
        out.writeObject(entry.getKey());
        out.writeObject(entry.getValue());
        out.reset();
      }
    }
    assertThat((double) bytes.size()).isBetween(0.97 * size.wireBytes(), 1.03 * size.wireBytes());
  }
}
