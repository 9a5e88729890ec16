package io.gramian.spark.hidden;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/**
 * Reads a file of {@link ShardWriter}'s from its start to its end, record batch by record batch,
 * into memory that the caller provides. Nothing but tokens is put on the Java heap.
 */
final class ShardReader {

  /** {@code ARROW1}, padded to eight bytes; what follows, up to the footer, is an Arrow stream. */
  private static final byte[] MAGIC = "ARROW1\0\0".getBytes(StandardCharsets.US_ASCII);

  private final String name;
  private final Function<ShardHeader, StateRows> room;

  /**
   * Reads nothing yet.
   *
   * @param name of the file, for messages
   * @param room memory for {@code [sequences, positions, h]}, all zeros
   */
  ShardReader(String name, Function<ShardHeader, StateRows> room) {
    this.name = name;
    this.room = room;
  }

  /**
   * Reads and closes {@code in}.
   *
   * @return the shard's tokens
   * @throws UserException if it is not such a file
   */
  MicroShard read(InputStream in) throws IOException {
    requireArrow(in);
    try (BufferAllocator allocator = new RootAllocator();
        ArrowStreamReader reader = new ArrowStreamReader(in, allocator)) {
      VectorSchemaRoot root = reader.getVectorSchemaRoot();
      ShardHeader header = ShardHeader.of(root.getSchema().getCustomMetadata(), name);
      requireColumns(root, header);
      int[] ids = new int[header.sequences() * header.positions()];
      MicroShard shard =
          new MicroShard(header.shard(), header.firstSequence(), ids, new int[header.sequences()]);
      StateRows states = room.apply(header);
      while (reader.loadNextBatch()) {
        place(ShardVectors.of(root), root.getRowCount(), shard, states);
      }
      return shard;
    }
  }

  private void requireArrow(InputStream in) throws IOException {
    if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
      throw new UserException(name + ": not an Arrow IPC file");
    }
  }

  private void requireColumns(VectorSchemaRoot root, ShardHeader header) {
    if (!root.getSchema().equals(ShardVectors.schema(header))) {
      throw new UserException(
          "%s: has the columns %s, expected %s"
              .formatted(
                  name, root.getSchema().getFields(), ShardVectors.schema(header).getFields()));
    }
  }

  private static void place(ShardVectors vectors, int rows, MicroShard shard, StateRows states) {
    for (int row = 0; row < rows; ) {
      TokenRun run = runAt(vectors, row, rows, shard.firstSequence());
      states.rows(run.sequence(), run.from(), run.count()).put(vectors.states(row, run.count()));
      int at = run.sequence() * shard.positions() + run.from();
      for (int i = 0; i < run.count(); i++) {
        shard.ids()[at + i] = vectors.tokens().get(row + i);
      }
      shard.lengths()[run.sequence()] = run.from() + run.count();
      row += run.count();
    }
  }

  /** A sequence's tokens stand together and in order. */
  private static TokenRun runAt(ShardVectors vectors, int row, int rows, long firstSequence) {
    long sequence = vectors.sequences().get(row);
    int end = row + 1;
    while (end < rows && vectors.sequences().get(end) == sequence) {
      end++;
    }
    return new TokenRun(
        Math.toIntExact(sequence - firstSequence), vectors.positions().get(row), end - row);
  }
}
