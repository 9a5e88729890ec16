package io.gramian.compress.finetune;

import io.gramian.compress.finetune.AdapterLayout.Place;
import io.gramian.compress.forward.Adapter;
import io.gramian.compress.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A sliced adapter as leaves of the graph: copies of what stays of {@code A} and {@code B}, whose
 * gradients add up over backward passes until they are put back into their places.
 */
final class AdapterLeaf {

  private final AdapterSlice slice;
  private final Tensor down;
  private final Tensor up;
  private final Optional<Tensor> constantDown;

  /**
   * Copies from the flat vector of all adapters; belongs to the enclosing scope.
   *
   * @param values flat, of any floating type
   */
  AdapterLeaf(AdapterSlice slice, Tensor values) {
    this.slice = slice;
    Place place = slice.place();
    down = leaf(Tensors.take(place.down(values), 1, slice.columns()));
    up = leaf(Tensors.take(place.up(values), 0, slice.rows()));
    constantDown =
        Optional.of(slice.constantColumns())
            .filter(columns -> columns.length > 0)
            .map(columns -> leaf(Tensors.take(place.down(values), 1, columns)));
  }

  private static Tensor leaf(Tensor tensor) {
    return tensor.detach().requires_grad_(true);
  }

  AdapterSlice slice() {
    return slice;
  }

  /** The adapter for one pass; its graph, if it has one, serves one backward pass. */
  Adapter adapter(double scale, Optional<Tensor> mask) {
    Optional<Tensor> offset = constantDown.map(a -> a.mv(constants(a)));
    return new Adapter(down, up, scale, mask, offset);
  }

  private Tensor constants(Tensor like) {
    return Tensors.like(Tensor.create(slice.constants()), like);
  }

  /** Adds the gradients gathered so far to the flat vector {@code sums}. */
  void addGradientsTo(Tensor sums) {
    Place place = slice.place();
    add(place.down(sums), 1, slice.columns(), down);
    add(place.up(sums), 0, slice.rows(), up);
    constantDown.ifPresent(a -> add(place.down(sums), 1, slice.constantColumns(), a));
  }

  private static void add(Tensor sums, long axis, int[] indices, Tensor leaf) {
    sums.index_add_(axis, Tensor.create(indices), leaf.grad());
  }
}
