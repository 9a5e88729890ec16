package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.TokenMask;
import io.gramian.compress.tensor.Scopes;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors go with their scope and do not wait for the garbage collector. */
class NativeMemoryIT {

  private static final int PASSES = 200;
  private static final int SEQUENCES = 16;
  private static final int POSITIONS = 207;

  /** The heap of the tests is far from full, so what grows is native. */
  private static final long ALLOWED_BYTES = 48L << 20;

  @TempDir private Path folder;

  @Test
  void manyPassesTakeNoMoreMemoryThanOne() throws IOException {
    try (ModelCheckpoint model = RandomModel.write("qwen2Tied", 1, folder);
        LoadedDecoder decoder = LoadedDecoder.load(model)) {
      List<ResidualBlock> layer = model.spec().blocks().subList(0, 2);
      List<BlockForward> blocks =
          layer.stream().map(block -> new BlockForward(block, decoder.weights(block))).toList();
      float[] input =
          RandomModel.gaussians(new Random(1), SEQUENCES * POSITIONS * model.spec().hiddenSize());
      long allocated = 2L * Float.BYTES * input.length * PASSES;
      assertThat(allocated)
          .as("what a leak would cost at the least")
          .isGreaterThan(4 * ALLOWED_BYTES);
      run(layer, blocks, input, PASSES / 10);
      long before = Pointer.physicalBytes();
      run(layer, blocks, input, PASSES);
      assertThat(Pointer.physicalBytes() - before).isLessThan(ALLOWED_BYTES);
    }
  }

  private static void run(
      List<ResidualBlock> specs, List<BlockForward> blocks, float[] input, int passes) {
    int[] lengths = new int[SEQUENCES];
    Arrays.fill(lengths, POSITIONS - 1);
    TokenMask mask = new TokenMask(lengths, POSITIONS);
    int hidden = input.length / SEQUENCES / POSITIONS;
    for (int pass = 0; pass < passes; pass++) {
      Scopes.compute(
          () -> {
            Tensor x = Tensor.create(input, SEQUENCES, POSITIONS, hidden);
            for (int i = 0; i < blocks.size(); i++) {
              x = blocks.get(i).apply(x, new BlockStatistics(specs.get(i)).recorder(mask));
            }
            return null;
          });
    }
  }
}
