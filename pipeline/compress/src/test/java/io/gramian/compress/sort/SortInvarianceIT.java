package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.TestData;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sorting every coupling of a trained model changes no logit, whatever the criteria. */
class SortInvarianceIT {

  private static final int POSITIONS = 96;

  @ParameterizedTest
  @CsvSource({
    "llama-tiny, OUTPUT_ERROR, JOINT",
    "llama-tiny, RIDGE_LEVERAGE, ACTIVATION",
    "llama-tiny, ENERGY, JOINT",
    "qwen2-tiny, OUTPUT_ERROR, JOINT",
    "qwen2-tiny, ENERGY, ACTIVATION",
    "mamba2-tiny, OUTPUT_ERROR, JOINT",
    "bamba-tiny, OUTPUT_ERROR, JOINT",
    "nemotron-h-tiny, OUTPUT_ERROR, JOINT",
  })
  void logitsStay(String name, MlpCriterion mlp, ValueOutputCriterion valueOutput)
      throws IOException {
    SortCriteria criteria = SortCriteria.DEFAULT.with(mlp, valueOutput);
    try (ModelCheckpoint model = TestData.model(name);
        SafetensorsFile golden = TestData.golden(name);
        LoadedDecoder original = LoadedDecoder.load(model);
        PointerScope scope = new PointerScope()) {
      int[] ids = TestData.ints(golden, "input_ids");
      Map<Integer, BlockDecision> decisions = Sorting.decide(original, criteria, ids, POSITIONS);
      assertThat(Sorting.movedUnits(decisions)).isGreaterThan(1000);
      try (LoadedDecoder sorted = Sorting.apply(original, criteria, decisions)) {
        float[] before = Tensors.floats(original.logits(ids, 2, POSITIONS));
        float[] after = Tensors.floats(sorted.logits(ids, 2, POSITIONS));
        assertThat(Sorting.relativeDifference(after, before)).isLessThan(1e-3);
      }
    }
  }
}
