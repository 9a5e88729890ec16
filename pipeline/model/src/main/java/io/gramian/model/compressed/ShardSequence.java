package io.gramian.model.compressed;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.ShardPlan;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/** The files of a plan, written one after the other as their tensors come. */
final class ShardSequence implements Closeable {

  private final Directory folder;
  private final ShardPlan plan;
  private int next;
  private long left;
  private PendingFile file;
  private SafetensorsWriter writer;

  ShardSequence(Directory folder, ShardPlan plan) {
    this.folder = folder;
    this.plan = plan;
  }

  /** The next bytes of the next tensor. */
  void append(ByteBuffer bytes) throws IOException {
    if (left == 0) {
      open(plan.shards().get(next++));
    }
    left -= bytes.remaining();
    writer.append(bytes);
    if (left == 0) {
      writer.close();
      file.commit();
    }
  }

  private void open(ShardPlan.Shard shard) throws IOException {
    file = PendingFile.create(folder, shard.file());
    // Transformers refuses files that do not say whose conventions their names follow.
    writer = new SafetensorsWriter(file.stream(), Map.of("format", "pt"), shard.tensors());
    left = shard.bytes();
  }

  /** Deletes a file that is not complete. */
  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
