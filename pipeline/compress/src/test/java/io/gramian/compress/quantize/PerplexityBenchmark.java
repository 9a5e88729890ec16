package io.gramian.compress.quantize;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.Perplexity;
import io.gramian.compress.TestData;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.quantize.Quantisation.Method;
import io.gramian.compress.quantize.Quantisation.Passes;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.Sorting;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Perplexity of the small models, sorted and quantised on 64 x 256 tokens, on 64 x 512 held-out
 * ones.
 */
class PerplexityBenchmark {

  private static final int CALIBRATION = 256;
  private static final int VALIDATION = 513;

  private static final List<Quantisation> ROWS =
      List.of(
          Quantisation.nearest(ScaleRule.MAX),
          Quantisation.nearest(ScaleRule.SEARCHED),
          Quantisation.gptq(ScaleRule.MAX),
          Quantisation.gptq(ScaleRule.SEARCHED),
          new Quantisation(Method.GPTQ, ScaleRule.SEARCHED, 128, Passes.INPUT));

  @ParameterizedTest
  @ValueSource(
      strings = {"llama-tiny", "qwen2-tiny", "mamba2-tiny", "bamba-tiny", "nemotron-h-tiny"})
  void perplexity(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        SafetensorsFile tokens = TestData.oracle("tokens");
        LoadedDecoder original = LoadedDecoder.load(model)) {
      int[] calibration = TestData.ints(tokens, "calibration_ids");
      int[] validation = TestData.ints(tokens, "validation_ids");
      print(name, "dense", original, validation);
      try (LoadedDecoder sorted =
          Sorting.sort(original, SortCriteria.DEFAULT, calibration, CALIBRATION)) {
        for (Quantisation row : ROWS) {
          long start = System.nanoTime();
          QuantisedDecoder packed = QuantisedDecoder.of(sorted, row, calibration, CALIBRATION);
          System.out.printf(Locale.ROOT, "  %.1f s%n", (System.nanoTime() - start) * 1e-9);
          try (LoadedDecoder quantised = packed.dequantised()) {
            print(name, row.toString(), quantised, validation);
          }
        }
      }
    }
  }

  private static void print(String name, String row, LoadedDecoder decoder, int[] ids) {
    NextTokenScore score = Perplexity.of(decoder, ids, VALIDATION);
    System.out.printf(
        Locale.ROOT,
        "%s %s: perplexity %.3f, top-1 %.4f%n",
        name,
        row,
        score.perplexity(),
        score.top1Accuracy());
  }
}
