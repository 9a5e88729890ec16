package io.gramian.model;

import java.io.Serializable;
import java.util.List;

/**
 * What a residual block does between its norm and its addition: {@code x = x + mixer(norm(x))}.
 *
 * <p>Sealed, so that the compiler lists every place that a new mixer must be added to.
 */
public sealed interface Mixer extends Serializable permits Attention, Mlp, Mamba2 {

  /** The name used in rank orders: {@code attention}, {@code mlp} or {@code mamba2}. */
  String kind();

  /** Calls the visitor's case for this mixer. */
  <R> R accept(MixerVisitor<R> visitor);

  /** Its linear maps, in the order in which data meets them. */
  List<LinearSpec> maps();

  /** Every tensor that it reads: those of its maps, and whatever else it has. */
  default List<TensorShape> tensors() {
    return maps().stream().flatMap(map -> map.tensors().stream()).toList();
  }
}
