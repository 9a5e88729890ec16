package io.gramian.compress.forward;

import java.util.Optional;

/**
 * What is added to linear maps, by the name of their weight. Asked at every pass, so an
 * implementation may answer differently from one pass to the next.
 */
@FunctionalInterface
public interface Adapters {

  /** No map has an adapter. */
  Adapters NONE = weight -> Optional.empty();

  /** The adapter of the map whose weight has that name, if it has one now. */
  Optional<Adapter> of(String weight);
}
