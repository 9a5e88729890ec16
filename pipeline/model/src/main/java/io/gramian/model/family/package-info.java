/**
 * From {@code config.json} to {@link io.gramian.model.DecoderSpec}: one file a model family, and
 * what several of them share: the keys that they read alike (sizes, rotary embeddings, limits of
 * steps) and the tensor names below a mixer. {@link io.gramian.model.family.Families} is the
 * explicit list of them; a test fails if one is missing.
 */
package io.gramian.model.family;
