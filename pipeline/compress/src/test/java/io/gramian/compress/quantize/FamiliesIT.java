package io.gramian.compress.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.TestData;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.Arrays;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GPTQ stays closer to a trained model than rounding to nearest does, on text neither has seen. */
class FamiliesIT {

  private static final int POSITIONS = 256;
  private static final int CALIBRATION = 16;
  private static final int VALIDATION = 4;

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void gptqBeatsRoundingToNearest(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        SafetensorsFile tokens = TestData.oracle("tokens");
        LoadedDecoder dense = LoadedDecoder.load(model)) {
      int[] all = TestData.ints(tokens, "calibration_ids");
      int[] calibration = Arrays.copyOf(all, CALIBRATION * POSITIONS);
      int[] unseen = Arrays.copyOfRange(all, all.length - VALIDATION * POSITIONS, all.length);
      double nearest = error(dense, Quantisation.nearest(ScaleRule.SEARCHED), calibration, unseen);
      double gptq = error(dense, Quantisation.gptq(ScaleRule.SEARCHED), calibration, unseen);
      assertThat(gptq / nearest).isLessThan(0.95);
    }
  }

  /** Mean square of what quantisation changes of the logits. */
  private static double error(
      LoadedDecoder dense, Quantisation how, int[] calibration, int[] unseen) {
    QuantisedDecoder packed = QuantisedDecoder.of(dense, how, calibration, POSITIONS);
    try (LoadedDecoder quantised = packed.dequantised();
        PointerScope scope = new PointerScope()) {
      Tensor before = dense.logits(unseen, VALIDATION, POSITIONS);
      Tensor after = quantised.logits(unseen, VALIDATION, POSITIONS);
      return Tensors.toDouble(after.sub(before)).square().mean().item_double();
    }
  }
}
