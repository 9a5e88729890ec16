package io.gramian.compress.forward;

import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.model.Activation;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MlpForwardIT {

  private static final int HIDDEN = 13;
  private static final int WIDTH = 29;

  @BeforeAll
  static void load() {
    NativeRuntime.load();
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void withGateEqualsPlainLoops(Activation activation) {
    LinearSpec gate = new LinearSpec("gate", "gate.bias", WIDTH, HIDDEN);
    check(new Mlp(gate, map("up", WIDTH, HIDDEN), map("down", HIDDEN, WIDTH), activation));
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void withoutGateEqualsPlainLoops(Activation activation) {
    LinearSpec up = new LinearSpec("up", "up.bias", WIDTH, HIDDEN);
    LinearSpec down = new LinearSpec("down", "down.bias", HIDDEN, WIDTH);
    check(new Mlp(null, up, down, activation));
  }

  private static LinearSpec map(String name, int out, int in) {
    return new LinearSpec(name, null, out, in);
  }

  private static void check(Mlp mlp) {
    MixerCase example = new MixerCase(mlp, HIDDEN, mlp.activation().name().length());
    example.assertSame(
        weights -> MlpForward.of(mlp, weights, Adapters.NONE),
        x -> plain(mlp, example.weights(), x));
  }

  private static double[][] plain(Mlp mlp, Map<String, float[]> weights, double[][] x) {
    double[][] up = PlainAttention.linear(x, mlp.up(), weights);
    double[][] gate = mlp.gateMap().map(map -> PlainAttention.linear(x, map, weights)).orElse(up);
    double[][] activated = new double[x.length][WIDTH];
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < WIDTH; i++) {
        double factor = mlp.gateMap().isPresent() ? up[t][i] : 1;
        activated[t][i] = activate(mlp.activation(), gate[t][i]) * factor;
      }
    }
    return PlainAttention.linear(activated, mlp.down(), weights);
  }

  private static double activate(Activation activation, double x) {
    return switch (activation) {
      case SILU -> x / (1 + Math.exp(-x));
      case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case RELU_SQUARED -> Math.pow(Math.max(x, 0), 2);
    };
  }

  /** The Taylor series: exact to double precision for the arguments at hand. */
  private static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return sum * 2 / Math.sqrt(Math.PI);
  }
}
