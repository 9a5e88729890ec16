/**
 * Files on whatever Hadoop's file systems reach: a local disk, HDFS, an object store.
 *
 * <p>{@link io.gramian.spark.storage.HadoopDirectory} is the distributed sibling of the checkpoint
 * module's local directory. It is serializable, so a task reads the tensors it needs by byte range
 * on the executor that needs them; nothing passes through the driver.
 */
package io.gramian.spark.storage;
