package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against libtorch's own attention in F64, on the same BF16 numbers; stretches of 256 queries. */
class ReducedAttentionIT {

  private static final int SEQUENCES = 2;
  private static final int HEADS = 6;
  private static final int KV_HEADS = 2;
  private static final int SIZE = 10;
  private static final int VALUE_SIZE = 7;
  private static final double SCALE = 0.3;

  /** Scores, weights and results are rounded to 8 bits each. */
  private static final double ROUNDING = 0.02;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 13, 207, 256, 257, 600})
  void outputsAndGradientsAreThoseOfExactAttentionButForRounding(int positions) {
    try (PointerScope scope = new PointerScope()) {
      Random random = new Random(positions);
      Tensor q = leaf(random, HEADS, positions, SIZE);
      Tensor k = leaf(random, KV_HEADS, positions, SIZE);
      Tensor v = leaf(random, KV_HEADS, positions, VALUE_SIZE);
      Tensor gradient = gaussians(random, HEADS, positions, VALUE_SIZE);
      List<Tensor> leaves = List.of(q, k, v);
      List<Tensor> actual =
          outputAndGradients(() -> new ReducedAttention(SCALE).apply(q, k, v), leaves, gradient);
      List<Tensor> expected = outputAndGradients(() -> exact(q, k, v), leaves, gradient);
      for (int i = 0; i < actual.size(); i++) {
        Tensor error = Tensors.toDouble(actual.get(i)).sub(Tensors.toDouble(expected.get(i)));
        double size = Tensors.toDouble(expected.get(i)).norm().item_double();
        assertThat(error.norm().item_double())
            .as("seed %d, tensor %d", positions, i)
            .isLessThanOrEqualTo(ROUNDING * size);
      }
    }
  }

  /** What comes later changes no bit of what came before. */
  @ParameterizedTest
  @ValueSource(ints = {13, 300})
  void isCausal(int positions) {
    try (PointerScope scope = new PointerScope()) {
      Random random = new Random(positions);
      Tensor q = gaussians(random, HEADS, positions, SIZE);
      Tensor k = gaussians(random, KV_HEADS, positions, SIZE);
      Tensor v = gaussians(random, KV_HEADS, positions, VALUE_SIZE);
      long last = positions - 1L;
      float[] before = outputs(q, k, v, 0, last);
      float[] lastBefore = outputs(q, k, v, last, 1);
      k.narrow(2, last, 1).fill_(new Scalar(9.0));
      v.narrow(2, last, 1).fill_(new Scalar(9.0));
      assertThat(outputs(q, k, v, 0, last)).as("seed %d", positions).isEqualTo(before);
      assertThat(outputs(q, k, v, last, 1)).as("seed %d", positions).isNotEqualTo(lastBefore);
    }
  }

  private static float[] outputs(Tensor q, Tensor k, Tensor v, long from, long count) {
    return Tensors.floats(new ReducedAttention(SCALE).apply(q, k, v).narrow(2, from, count));
  }

  /** The output and the leaves' gradients, which are cleared. */
  private static List<Tensor> outputAndGradients(
      Supplier<Tensor> attention, List<Tensor> leaves, Tensor gradient) {
    Tensor output = attention.get();
    Tensors.backward(output, Tensors.like(gradient, output));
    List<Tensor> gradients = leaves.stream().map(leaf -> leaf.grad().clone()).toList();
    leaves.forEach(leaf -> leaf.grad().zero_());
    return List.of(output.detach(), gradients.get(0), gradients.get(1), gradients.get(2));
  }

  private static Tensor exact(Tensor q, Tensor k, Tensor v) {
    return torch.scaled_dot_product_attention(
        rounded(q),
        perQuery(rounded(k)),
        perQuery(rounded(v)),
        new TensorOptional(),
        0.0,
        true,
        new DoubleOptional(SCALE),
        false);
  }

  private static Tensor rounded(Tensor x) {
    return Tensors.toDouble(x.to(ScalarType.BFloat16));
  }

  private static Tensor perQuery(Tensor x) {
    return x.repeat_interleave(HEADS / KV_HEADS, new LongOptional(1), new LongOptional());
  }

  private static Tensor leaf(Random random, int heads, int positions, int size) {
    return gaussians(random, heads, positions, size).requires_grad_(true);
  }

  private static Tensor gaussians(Random random, int heads, int positions, int size) {
    float[] values = RandomModel.gaussians(random, SEQUENCES * heads * positions * size);
    return Tensor.create(values, SEQUENCES, heads, positions, size);
  }
}
