/**
 * Models as they lie on disk: {@link io.gramian.model.store.ModelCheckpoint} is a Hugging Face
 * checkpoint together with the decoder that its config describes, {@link
 * io.gramian.model.store.GramianMetadata} the {@code gramian.json} beside a sorted one, and {@link
 * io.gramian.model.store.PackedCheckpoint} a packed artifact.
 */
package io.gramian.model.store;
