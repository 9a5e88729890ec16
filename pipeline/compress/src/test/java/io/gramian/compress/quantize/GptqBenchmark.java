package io.gramian.compress.quantize;

import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import java.util.Locale;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a factor and a row cost, on one thread. */
class GptqBenchmark {

  private static final int ROWS = 256;
  private static final int RUNS = 3;

  @ParameterizedTest
  @ValueSource(ints = {1024, 4096})
  void cost(int columns) {
    NativeRuntime.load();
    try (PointerScope scope = new PointerScope()) {
      TensorOptions exact = new TensorOptions(torch.ScalarType.Double);
      Tensor x = torch.randn(new long[] {columns + 100, columns}, exact);
      Tensor gram = Tensors.times(x.t().mm(x), 1.0 / columns);
      float[] weights = RandomInputs.weights(new Random(1), ROWS, columns);
      ColumnGroups groups = ColumnGroups.whole(columns, 128);
      for (int run = 0; run < RUNS; run++) {
        long start = System.nanoTime();
        GptqFactor factor = GptqFactor.of("benchmark", gram.clone());
        print("factor", columns, start);
        for (ScaleRule rule : ScaleRule.values()) {
          start = System.nanoTime();
          new Gptq(factor, groups, rule).quantise("benchmark", weights);
          print(ROWS + " rows, scale " + rule.label(), columns, start);
        }
      }
    }
  }

  private static void print(String what, int columns, long start) {
    System.out.printf(
        Locale.ROOT, "%d columns, %s: %.2f s%n", columns, what, (System.nanoTime() - start) * 1e-9);
  }
}
