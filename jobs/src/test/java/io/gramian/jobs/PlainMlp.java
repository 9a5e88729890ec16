package io.gramian.jobs;

import io.gramian.model.BlockWidths;
import io.gramian.model.Mlp;
import io.gramian.model.packed.PackedBlock;
import java.util.Optional;

/** {@code down(act(gate(x)) up(x))}; dropped channels of the inside are zero. */
final class PlainMlp implements PlainMixer {

  private final Mlp spec;
  private final Optional<PlainMap> gate;
  private final PlainMap up;
  private final PlainMap down;

  PlainMlp(Mlp spec, PackedBlock block) {
    this.spec = spec;
    this.gate = spec.gateMap().map(map -> PlainMap.of(block, map.weight()));
    this.up = PlainMap.of(block, spec.up().weight());
    this.down = PlainMap.of(block, spec.down().weight());
  }

  @Override
  public double[] next(double[] x, BlockWidths widths) {
    double[] inner = up.apply(x, widths);
    double[] gates = gate.isPresent() ? gate.get().apply(x, widths) : inner.clone();
    boolean[] kept = up.kept(widths);
    for (int i = 0; i < inner.length; i++) {
      double activated = PlainFunctions.apply(spec.activation(), gates[i]);
      inner[i] = !kept[i] ? 0 : gate.isPresent() ? activated * inner[i] : activated;
    }
    return down.apply(inner, widths);
  }
}
