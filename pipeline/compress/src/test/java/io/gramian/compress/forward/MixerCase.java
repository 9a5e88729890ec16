package io.gramian.compress.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.compress.RandomModel;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mixer;
import io.gramian.model.TensorShape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A mixer with random weights and inputs, to compare a forward pass with plain loops. */
final class MixerCase {

  private static final int SEQUENCES = 2;
  private static final int POSITIONS = 13;

  private final long seed;
  private final int hidden;
  private final Map<String, float[]> weights = new LinkedHashMap<>();
  private final Map<String, long[]> shapes = new LinkedHashMap<>();
  private final float[] input;

  MixerCase(Mixer mixer, int hidden, long seed) {
    this.seed = seed;
    this.hidden = hidden;
    Random random = new Random(seed);
    for (LinearSpec map : mixer.maps()) {
      for (TensorShape shape : map.tensors()) {
        float[] values = RandomModel.gaussians(random, (int) shape.elements());
        double scale = shape.shape().size() == 1 ? 1 : 1 / Math.sqrt(map.in());
        for (int i = 0; i < values.length; i++) {
          values[i] *= (float) scale;
        }
        weights.put(shape.name(), values);
        shapes.put(shape.name(), shape.shape().stream().mapToLong(Long::longValue).toArray());
      }
    }
    input = RandomModel.gaussians(random, SEQUENCES * POSITIONS * hidden);
  }

  Map<String, float[]> weights() {
    return weights;
  }

  /** {@code forward} of every sequence equals {@code plain} to 1e-5 of the largest output. */
  void assertSame(Function<Weights, MixerForward> forward, UnaryOperator<double[][]> plain) {
    float[] actual = run(forward);
    double largest = 0;
    double difference = 0;
    for (int sequence = 0; sequence < SEQUENCES; sequence++) {
      double[][] expected = plain.apply(sequence(sequence));
      for (int t = 0; t < POSITIONS; t++) {
        for (int i = 0; i < hidden; i++) {
          int at = (sequence * POSITIONS + t) * hidden + i;
          largest = Math.max(largest, Math.abs(expected[t][i]));
          difference = Math.max(difference, Math.abs(expected[t][i] - actual[at]));
          assertThat(actual[at]).as("seed %d", seed).isFinite();
        }
      }
    }
    assertThat(difference / largest).as("seed %d", seed).isLessThan(1e-5);
  }

  private float[] run(Function<Weights, MixerForward> forward) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      weights.forEach((name, values) -> tensors.put(name, Tensor.create(values, shapes.get(name))));
      try (Weights loaded = Weights.of(tensors)) {
        Tensor x = Tensor.create(input, SEQUENCES, POSITIONS, hidden);
        return Tensors.floats(forward.apply(loaded).apply(x, SiteRecorder.NONE));
      }
    }
  }

  private double[][] sequence(int index) {
    double[][] rows = new double[POSITIONS][hidden];
    for (int t = 0; t < POSITIONS; t++) {
      for (int i = 0; i < hidden; i++) {
        rows[t][i] = input[(index * POSITIONS + t) * hidden + i];
      }
    }
    return rows;
  }
}
