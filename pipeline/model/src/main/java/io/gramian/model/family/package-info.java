/**
 * One file a model family: each maps {@code config.json} and tensor names to a {@link
 * io.gramian.model.DecoderSpec} and holds nothing else. {@code Families} is the explicit list of
 * them.
 */
package io.gramian.model.family;
