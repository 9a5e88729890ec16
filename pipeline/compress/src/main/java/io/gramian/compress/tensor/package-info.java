/**
 * The border between the JVM and libtorch: loading the native libraries once, scopes that own
 * native memory, and the copies in and out.
 *
 * <p>Every tensor belongs to a scope or to a {@link io.gramian.compress.tensor.Weights}; only Java
 * arrays and buffers leave a task. Libtorch's and OpenBLAS's thread counts are set here and nowhere
 * else, because results are reproducible to the bit only with a fixed number of threads.
 */
package io.gramian.compress.tensor;
