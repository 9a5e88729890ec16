/**
 * Bytes on disk: Hugging Face checkpoints (safetensors files, their sharded index and config.json),
 * the manifest of a run, and the checksums of what leaves it.
 *
 * <p>Everything is read through {@link io.gramian.checkpoint.ByteSource} and {@link
 * io.gramian.checkpoint.Directory}, so that a local disk, HDFS or an object store are the same to
 * the modules above. A header is believed only after it has been checked against the file's size;
 * what does not fit is a {@link io.gramian.checkpoint.UserException} that says where and by how
 * much. Nothing here knows what a tensor means: that is the model module's business.
 */
package io.gramian.checkpoint;
