package io.gramian.model.family;

import io.gramian.model.LinearSpec;

/**
 * Names the tensors of linear maps.
 *
 * @param prefix of their module, with a point at its end
 * @param biased whether they have a bias
 */
record Projections(String prefix, boolean biased) {

  /** The map {@code name}, {@code [out, in]}. */
  LinearSpec map(String name, int out, int in) {
    String bias = biased ? prefix + name + ".bias" : null;
    return new LinearSpec(prefix + name + ".weight", bias, out, in);
  }
}
