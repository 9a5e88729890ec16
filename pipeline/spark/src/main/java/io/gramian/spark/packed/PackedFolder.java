package io.gramian.spark.packed;

import io.gramian.checkpoint.ShardPlan;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.GramianMetadata;
import io.gramian.spark.rewrite.CheckpointFolder;
import io.gramian.spark.rewrite.CheckpointLayout;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Writes an artifact's folder, which appears under its name when it is complete, with the {@link
 * io.gramian.checkpoint.Sha256Sums} by which a copy can be checked. One task writes one file and
 * holds one block at a time.
 */
public final class PackedFolder {

  private final JavaSparkContext spark;
  private final HadoopDirectory source;
  private final PackedDecoder decoder;
  private final ShardPlan plan;

  /**
   * Plans a folder.
   *
   * @param source folder of the checkpoint that it is made from: config and companions are copied
   * @param decoder as it is to be written
   */
  public PackedFolder(JavaSparkContext spark, HadoopDirectory source, PackedDecoder decoder) {
    this(spark, source, decoder, CheckpointLayout.FILE_BYTES);
  }

  /** The same with smaller files, so that a test needs no large model. */
  PackedFolder(
      JavaSparkContext spark, HadoopDirectory source, PackedDecoder decoder, long fileBytes) {
    this.spark = spark;
    this.source = source;
    this.decoder = decoder;
    this.plan = ShardPlan.of(decoder.tensors(), fileBytes);
  }

  /** How many files there will be. */
  public int files() {
    return plan.shards().size();
  }

  /**
   * Where the folder is to lie.
   *
   * @param parent the folder around it
   * @param name its own; what is there under that name is replaced
   */
  public record Place(HadoopDirectory parent, String name) {}

  /**
   * Writes it.
   *
   * @param units counts files
   */
  public void write(
      PackedTensors tensors, GramianMetadata metadata, Place place, LongAccumulator units)
      throws IOException {
    CheckpointFolder folder = new CheckpointFolder(source, place.parent(), place.name());
    PackedFileTask.Job job = new PackedFileTask.Job(source, folder.partial(), decoder, tensors);
    List<PackedFile> files =
        plan.shards().stream().map(shard -> new PackedFile(shard.file(), shard.tensors())).toList();
    PackedFileTask task = new PackedFileTask(spark.broadcast(job), units);
    folder.writeWithSums(spark.parallelize(files, files.size()).mapToPair(task), plan, metadata);
  }
}
