package io.gramian.compress.forward;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.Activation;
import io.gramian.model.Mlp;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code down(act(gate(x)) * up(x))}, or {@code down(act(up(x)))} without a gate. Costs {@code 6 h
 * n} operations a token with a gate, {@code 4 h n} without.
 */
record MlpForward(Optional<Linear> gate, Linear up, Linear down, Activation activation)
    implements MixerForward {

  static MlpForward of(Mlp mlp, Weights weights, Adapters adapters) {
    return new MlpForward(
        mlp.gateMap().map(spec -> Linear.of(spec, weights, adapters)),
        Linear.of(mlp.up(), weights, adapters),
        Linear.of(mlp.down(), weights, adapters),
        mlp.activation());
  }

  @Override
  public Tensor apply(Tensor normed, SiteRecorder recorder) {
    Tensor input = up.input(normed);
    Tensor activated =
        gate.map(g -> Activations.apply(activation, g.apply(input)).mul(up.apply(input)))
            .orElseGet(() -> Activations.apply(activation, up.apply(input)));
    recorder.record(Site.DOWN_INPUT, activated);
    return down.apply(activated);
  }
}
