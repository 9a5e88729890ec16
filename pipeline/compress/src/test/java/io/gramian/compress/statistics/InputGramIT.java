package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.DenseMatrix;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs of maps are what the maps read, and their Gram matrices what plain loops add up. */
class InputGramIT {

  private static final long SEED = 13;
  private static final int POSITIONS = 7;
  private static final int[] LENGTHS = {7, 1, 4};

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  /** Keeps what passes. */
  private static final class Kept implements SiteRecorder {

    private final Map<Site, Tensor> activations = new EnumMap<>(Site.class);

    @Override
    public void record(Site site, Tensor activation) {
      activations.put(site, activation.clone().retainReference());
    }

    @Override
    public Optional<Tensor> countedTokens() {
      return Optional.empty();
    }

    @Override
    public void recordSums(Site site, Tensor sums) {}
  }

  private static Tensor hidden(Random random, int size) {
    float[] values = RandomModel.gaussians(random, LENGTHS.length * POSITIONS * size);
    return Tensor.create(values, LENGTHS.length, POSITIONS, size);
  }

  @ParameterizedTest
  @MethodSource("configs")
  void activationsAreWhatTheMapsRead(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Tensor x = hidden(new Random(SEED), model.spec().hiddenSize());
      for (ResidualBlock block : model.spec().blocks()) {
        Kept kept = new Kept();
        Tensor y = new BlockForward(block, decoder.weights(block)).apply(x, kept);
        List<ProjectionInput> inputs = ProjectionInput.of(block);
        assertThat(inputs.stream().flatMap(input -> input.maps().stream()).toList())
            .isEqualTo(block.mixer().maps());
        LinearSpec output = inputs.get(1).maps().get(0);
        Tensor read = kept.activations.get(inputs.get(1).site());
        Tensor written = torch.linear(read, decoder.weights(block).get(output.weight()));
        if (output.biasName().isPresent()) {
          written = written.add(decoder.weights(block).get(output.bias()));
        }
        assertClose(Tensors.floats(x.add(written)), Tensors.floats(y));
        assertClose(
            Tensors.floats(kept.activations.get(Site.MIXER_INPUT)), normed(block, decoder, x));
        kept.activations.values().forEach(Tensor::releaseReference);
      }
    }
  }

  private static float[] normed(ResidualBlock block, LoadedDecoder decoder, Tensor x) {
    float[] values = Tensors.floats(x);
    float[] weight = Tensors.floats(decoder.weights(block).get(block.norm().weight()));
    float[] normed = new float[values.length];
    for (int at = 0; at < values.length; at += weight.length) {
      double squares = 0;
      for (int i = 0; i < weight.length; i++) {
        squares += (double) values[at + i] * values[at + i];
      }
      double root = Math.sqrt(squares / weight.length + block.norm().epsilon());
      for (int i = 0; i < weight.length; i++) {
        normed[at + i] = (float) (weight[i] * values[at + i] / root);
      }
    }
    return normed;
  }

  private static void assertClose(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("seed %d", SEED)
          .isLessThan(1e-5f * (1 + Math.abs(expected[i])));
    }
  }

  /** Padding never counts, and two tasks' sums merge to one's. */
  @ParameterizedTest
  @MethodSource("configs")
  void gramsAreSumsOverRealTokens(String config) throws IOException {
    try (ModelCheckpoint model = RandomModel.write(config, SEED, folder);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      Random random = new Random(SEED);
      Tensor first = hidden(random, model.spec().hiddenSize());
      Tensor second = hidden(random, model.spec().hiddenSize());
      for (ResidualBlock block : model.spec().blocks()) {
        BlockForward forward = new BlockForward(block, decoder.weights(block));
        List<ProjectionInput> inputs = ProjectionInput.of(block);
        Map<TileKey, Tile> tiles = new TreeMap<>(tiles(forward, inputs, first));
        tiles(forward, inputs, second).forEach((key, tile) -> tiles.merge(key, tile, Tile::merge));
        Map<Site, Statistic> grams = Statistic.bySite(tiles, POSITIONS);
        assertThat(grams).hasSize(2);
        Kept one = new Kept();
        forward.apply(first, one);
        Kept two = new Kept();
        forward.apply(second, two);
        for (ProjectionInput input : inputs) {
          double[] expected = gram(one.activations.get(input.site()), input.size());
          double[] more = gram(two.activations.get(input.site()), input.size());
          double[] actual = Tensors.doubles(grams.get(input.site()).correlation());
          for (int i = 0; i < expected.length; i++) {
            double mean = (expected[i] + more[i]) * POSITIONS / 24;
            assertThat(Math.abs(actual[i] - mean))
                .as("seed %d, %s", SEED, input.label())
                .isLessThan(1e-9 * (1 + Math.abs(mean)));
          }
        }
        Stream.of(one, two)
            .flatMap(kept -> kept.activations.values().stream())
            .forEach(Tensor::releaseReference);
      }
    }
  }

  private static Map<TileKey, Tile> tiles(
      BlockForward forward, List<ProjectionInput> inputs, Tensor x) {
    BlockStatistics statistics = BlockStatistics.ofInputs(inputs);
    forward.apply(x, statistics.recorder(new TokenMask(LENGTHS, POSITIONS)));
    return statistics.tiles();
  }

  private static double[] gram(Tensor activation, int size) {
    float[] values = Tensors.floats(activation);
    DenseMatrix sum = DenseMatrix.of(size, size, new double[size * size]);
    for (int row = 0; row < LENGTHS.length; row++) {
      for (int t = 0; t < LENGTHS[row]; t++) {
        double[] x = new double[size];
        for (int i = 0; i < size; i++) {
          x[i] = values[(row * POSITIONS + t) * size + i];
        }
        DenseMatrix column = DenseMatrix.of(size, 1, x);
        sum = sum.plus(column.times(column.transposed()), 1);
      }
    }
    return sum.toArray();
  }
}
