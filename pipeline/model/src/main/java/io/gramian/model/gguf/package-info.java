/**
 * A packed artifact as a GGUF file of Q4_0 tensors, under the names and keys that llama.cpp and the
 * runtimes around it read. Weights are the artifact's own values and scales, moved ({@link
 * io.gramian.model.export}); norms, which the artifact has taken up into the maps, are ones.
 */
package io.gramian.model.gguf;
