/**
 * GGUF, version 3: one file of typed key-value metadata and tensors, which the ggml family of
 * runtimes reads. Written as a stream; nothing here knows what a key or a tensor means.
 *
 * <p>Numbers are little endian, strings are a 64-bit length and UTF-8, shapes stand innermost axis
 * first, and each tensor's data begins at a multiple of 32 bytes behind the header.
 *
 * <p>The type {@code Q4_0} says a packed map exactly ({@link io.gramian.checkpoint.gguf.Q4Row}):
 * symmetric 4-bit values in blocks of 32 columns with an F16 scale, so that a group of 128 columns
 * is four blocks of the same scale.
 */
package io.gramian.checkpoint.gguf;
