package io.gramian.spark.hidden;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;

/**
 * Writes a shard's hidden states as an Arrow IPC file: real tokens only, in order, in one record
 * batch (in several, if it were beyond a GiB). The same states are the same bytes.
 *
 * <p>Arrow holds one batch outside the Java heap while it is written.
 */
final class ShardWriter {

  /** What a Java buffer can address, with a margin. */
  private static final int BATCH_BYTES = 1 << 30;

  private final MicroShard shard;
  private final StateRows states;

  ShardWriter(MicroShard shard, StateRows states) {
    this.shard = shard;
    this.states = states;
  }

  /** Writes the file and closes {@code out}. */
  void write(ShardHeader header, OutputStream out) throws IOException {
    write(header, out, Math.max(1, BATCH_BYTES / (Float.BYTES * header.hiddenSize())));
  }

  /** The same with batches of {@code rows}, so that a test needs no huge file. */
  void write(ShardHeader header, OutputStream out, int rows) throws IOException {
    try (BufferAllocator allocator = new RootAllocator();
        VectorSchemaRoot root = VectorSchemaRoot.create(ShardVectors.schema(header), allocator);
        ArrowFileWriter writer =
            new ArrowFileWriter(
                root, new DictionaryProvider.MapDictionaryProvider(), Channels.newChannel(out))) {
      writer.start();
      for (List<TokenRun> batch : TokenRun.batches(shard.lengths(), rows)) {
        fill(ShardVectors.of(root), batch);
        root.setRowCount(batch.stream().mapToInt(TokenRun::count).sum());
        writer.writeBatch();
      }
      writer.end();
    }
  }

  private void fill(ShardVectors vectors, List<TokenRun> batch) {
    vectors.allocate(batch.stream().mapToInt(TokenRun::count).sum());
    int row = 0;
    for (TokenRun run : batch) {
      vectors.states(row, run.count()).put(states.rows(run.sequence(), run.from(), run.count()));
      for (int i = 0; i < run.count(); i++, row++) {
        vectors.sequences().set(row, shard.firstSequence() + run.sequence());
        vectors.positions().set(row, run.from() + i);
        vectors.tokens().set(row, shard.ids()[run.sequence() * shard.positions() + run.from() + i]);
      }
    }
  }
}
