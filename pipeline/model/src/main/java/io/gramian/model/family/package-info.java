/**
 * From {@code config.json} to {@link io.gramian.model.DecoderSpec}: one file a model family, and
 * the keys that several of them read alike (sizes, rotary embeddings, Llama's tensor names). {@link
 * io.gramian.model.family.Families} is the explicit list of them; a test fails if one is missing.
 */
package io.gramian.model.family;
