package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.TestData;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.ResidualBlock;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our forward pass against Hugging Face's: every hidden state and the logits. */
class GoldenIT {

  private static final int SEQUENCES = 2;
  private static final int POSITIONS = 96;
  private static final int COMPARED = 32;

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void hiddenStatesAndLogitsMatch(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        LoadedDecoder decoder = LoadedDecoder.load(model);
        SafetensorsFile golden = TestData.golden(name);
        PointerScope scope = new PointerScope()) {
      int[] ids = TestData.ints(golden, "input_ids");
      List<Tensor> states = decoder.hiddenStates(ids, SEQUENCES, POSITIONS);
      compare(golden, "hidden.0", states.get(0));
      for (ResidualBlock block : model.spec().blocks()) {
        if (endsLayer(model.spec().blocks(), block)) {
          compare(golden, "hidden." + (block.layerIndex() + 1), states.get(block.blockIndex() + 1));
        }
      }
      compare(golden, "logits", decoder.head().apply(states.get(states.size() - 1)));
    }
  }

  private static boolean endsLayer(List<ResidualBlock> blocks, ResidualBlock block) {
    int next = block.blockIndex() + 1;
    return next == blocks.size() || blocks.get(next).layerIndex() != block.layerIndex();
  }

  private static void compare(SafetensorsFile golden, String tensor, Tensor actual)
      throws IOException {
    float[] expected = TestData.floats(golden, tensor);
    float[] found = Tensors.floats(Tensors.range(actual, 1, POSITIONS - COMPARED, POSITIONS));
    assertThat(relativeError(found, expected)).as(tensor).isLessThan(1e-4);
  }

  /** {@code ||a - b|| / ||b||}. */
  private static double relativeError(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      difference += Math.pow(actual[i] - expected[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / norm);
  }
}
