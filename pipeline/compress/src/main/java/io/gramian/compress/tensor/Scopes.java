package io.gramian.compress.tensor;

import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Ownership of native memory on one thread: what a body allocates is freed when it ends, but for
 * its result.
 *
 * <p>The JVM does not see the size of a tensor, so garbage collection cannot be relied on to free
 * one in time.
 */
public final class Scopes {

  private Scopes() {}

  /**
   * Runs {@code body} in a scope of its own and hands its result to the enclosing scope.
   *
   * @throws IllegalStateException if there is no enclosing scope to own the result
   */
  public static Tensor keep(Supplier<Tensor> body) {
    PointerScope outer = PointerScope.getInnerScope();
    if (outer == null) {
      throw new IllegalStateException("a tensor needs an enclosing scope to own it");
    }
    try (PointerScope inner = new PointerScope()) {
      Tensor result = body.get();
      outer.attach(result);
      return result;
    }
  }

  /** Runs {@code body} in a scope of its own; only Java values leave it. */
  public static <T> T compute(Supplier<T> body) {
    try (PointerScope scope = new PointerScope()) {
      return body.get();
    }
  }
}
