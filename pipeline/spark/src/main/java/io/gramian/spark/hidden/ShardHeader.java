package io.gramian.spark.hidden;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a file of hidden states says of itself, in the metadata of its schema.
 *
 * @param block index of the block whose input the states are; of the last block plus one, if they
 *     are the final norm's
 * @param shard index of the micro-shard
 * @param firstSequence number of its first sequence
 * @param sequences how many it has
 * @param positions {@code T}, of the longest
 * @param hiddenSize {@code h}
 */
public record ShardHeader(
    int block, int shard, long firstSequence, int sequences, int positions, int hiddenSize)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final String FORMAT = "hidden-states";
  private static final String VERSION = "1";

  /** Of {@code shard} before a block. */
  static ShardHeader of(int block, int hiddenSize, MicroShard shard) {
    return new ShardHeader(
        block,
        shard.index(),
        shard.firstSequence(),
        shard.sequences(),
        shard.positions(),
        hiddenSize);
  }

  /** As the schema has it: sorted, since the order of {@code Map.of} differs between JVMs. */
  SortedMap<String, String> metadata() {
    SortedMap<String, String> metadata = new TreeMap<>();
    metadata.put("gramian.format", FORMAT);
    metadata.put("gramian.version", VERSION);
    metadata.put("gramian.block", Integer.toString(block));
    metadata.put("gramian.shard", Integer.toString(shard));
    metadata.put("gramian.first_sequence", Long.toString(firstSequence));
    metadata.put("gramian.sequences", Integer.toString(sequences));
    metadata.put("gramian.positions", Integer.toString(positions));
    metadata.put("gramian.hidden_size", Integer.toString(hiddenSize));
    return metadata;
  }

  /**
   * From a schema.
   *
   * @param name of the file, for messages
   * @throws UserException if it is not that of hidden states
   */
  static ShardHeader of(Map<String, String> metadata, String name) {
    if (!FORMAT.equals(metadata.get("gramian.format"))
        || !VERSION.equals(metadata.get("gramian.version"))) {
      throw new UserException(
          "%s: gramian.format and gramian.version are %s and %s, expected %s and %s"
              .formatted(
                  name,
                  metadata.get("gramian.format"),
                  metadata.get("gramian.version"),
                  FORMAT,
                  VERSION));
    }
    return new ShardHeader(
        Integer.parseInt(metadata.get("gramian.block")),
        Integer.parseInt(metadata.get("gramian.shard")),
        Long.parseLong(metadata.get("gramian.first_sequence")),
        Integer.parseInt(metadata.get("gramian.sequences")),
        Integer.parseInt(metadata.get("gramian.positions")),
        Integer.parseInt(metadata.get("gramian.hidden_size")));
  }
}
