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
import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

  /** Widths at one ratio everywhere, sliced before and after quantisation. */
  @ParameterizedTest
  @ValueSource(strings = {"llama-tiny", "mamba2-tiny"})
  void widths(String name) throws IOException {
    try (ModelCheckpoint model = TestData.model(name);
        SafetensorsFile tokens = TestData.oracle("tokens");
        LoadedDecoder original = LoadedDecoder.load(model)) {
      int[] calibration = TestData.ints(tokens, "calibration_ids");
      int[] validation = TestData.ints(tokens, "validation_ids");
      try (LoadedDecoder sorted =
          Sorting.sort(original, SortCriteria.DEFAULT, calibration, CALIBRATION)) {
        QuantisedDecoder packed =
            QuantisedDecoder.of(
                sorted, Quantisation.gptq(ScaleRule.SEARCHED), calibration, CALIBRATION);
        for (double ratio : new double[] {0.85, 0.75, 0.65}) {
          Map<Integer, BlockWidths> widths = widths(sorted.spec(), ratio);
          SlicedBlock slice = new SlicedBlock(widths);
          DecoderSpec narrow =
              sorted
                  .spec()
                  .withBlocks(sorted.spec().blocks().stream().map(slice::describe).toList());
          try (LoadedDecoder sliced =
                  sorted.with(narrow, (b, w) -> SlicedBlock.of(b, widths.get(b.blockIndex()), w));
              LoadedDecoder quantised = packed.at(widths)) {
            print(name, "sliced at " + ratio, sliced, validation);
            print(name, "4 bits at " + ratio, quantised, validation);
          }
        }
      }
    }
  }

  private static Map<Integer, BlockWidths> widths(DecoderSpec spec, double ratio) {
    Granularity steps = new Granularity(64, 8, 8, 2);
    Map<Integer, BlockWidths> widths = new HashMap<>();
    spec.blocks()
        .forEach(
            b -> widths.put(b.blockIndex(), BlockWidths.uniform(b, new KeepRatio(ratio), steps)));
    return widths;
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
