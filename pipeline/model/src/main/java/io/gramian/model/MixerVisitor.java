package io.gramian.model;

/**
 * One case a mixer, so that the compiler lists every place a new one must be added to (Java 17 has
 * no switch over sealed types).
 *
 * @param <R> what the cases return
 */
public interface MixerVisitor<R> {

  R attention(Attention attention);

  R mlp(Mlp mlp);

  R mamba2(Mamba2 mamba2);
}
