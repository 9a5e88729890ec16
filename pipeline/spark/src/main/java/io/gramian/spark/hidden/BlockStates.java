package io.gramian.spark.hidden;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.TextFile;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.DigestedStream;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.function.Function;

/**
 * The hidden states of all shards before one block: {@code block-004/shard-00012.arrow}, each with
 * its SHA-256 beside it in {@code shard-00012.arrow.sha256}. A file appears whole or not at all,
 * and after its checksum.
 *
 * @param parent holds a folder a block
 * @param block its index; of the last block plus one, for what the final norm reads
 */
public record BlockStates(HadoopDirectory parent, int block) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** The folder before {@code block}. */
  public static String folder(int block) {
    return String.format(Locale.ROOT, "block-%03d", block);
  }

  /** The file of a shard in such a folder. */
  public static String file(int shard) {
    return String.format(Locale.ROOT, "shard-%05d.arrow", shard);
  }

  /** Checksums lie beside what they are of. */
  static String checksumFile(int shard) {
    return file(shard) + ".sha256";
  }

  private HadoopDirectory directory() {
    return parent.resolve(folder(block));
  }

  private String name(int shard) {
    return directory().name() + "/" + file(shard);
  }

  /**
   * Writes a shard's.
   *
   * @param attempt tells apart attempts that may write at the same time
   */
  public void write(MicroShard shard, int hiddenSize, StateRows states, String attempt)
      throws IOException {
    try (PendingFile pending = PendingFile.create(directory(), file(shard.index()), attempt)) {
      DigestedStream digested = new DigestedStream(pending.stream());
      new ShardWriter(shard, states).write(ShardHeader.of(block, hiddenSize, shard), digested);
      writeChecksum(shard.index(), digested.sha256(), attempt);
      pending.commit();
    }
  }

  private void writeChecksum(int shard, String sha256, String attempt) throws IOException {
    String line = sha256 + "  " + file(shard) + "\n";
    TextFile.write(directory(), checksumFile(shard), line, attempt);
  }

  /** Whether a shard's file is there and what its checksum says. */
  public boolean isSound(int shard) throws IOException {
    return damage(shard).isEmpty();
  }

  /** What is wrong with a shard's file, in words; empty if nothing is. */
  private String damage(int shard) throws IOException {
    try {
      String actual = Checksum.of(directory(), file(shard)).sha256();
      String expected = storedChecksum(shard);
      return actual.equals(expected)
          ? ""
          : "its SHA-256 is " + actual + ", but " + checksumFile(shard) + " says " + expected;
    } catch (NoSuchFileException | FileNotFoundException e) {
      return "it or its checksum is missing";
    }
  }

  private String storedChecksum(int shard) throws IOException {
    return TextFile.read(directory(), checksumFile(shard)).split("\\s", 2)[0];
  }

  /**
   * Reads a shard's after checking its checksum, the file therefore being read twice.
   *
   * @param room memory for {@code [sequences, positions, h]}, all zeros; padding stays zero
   * @return the shard's tokens
   * @throws UserException if the file is missing or damaged
   */
  public MicroShard read(int shard, Function<ShardHeader, StateRows> room) throws IOException {
    String damage = damage(shard);
    if (!damage.isEmpty()) {
      throw new UserException(
          name(shard)
              + " is damaged ("
              + damage
              + "): give the same command again, which goes on behind the last wave that is whole");
    }
    MicroShard read = new ShardReader(name(shard), room).read(directory().read(file(shard)));
    if (read.index() != shard) {
      throw new UserException(
          "%s: holds shard %d, expected %d".formatted(name(shard), read.index(), shard));
    }
    return read;
  }

  /** Deletes those of all shards. */
  public void delete() throws IOException {
    parent.delete(folder(block));
  }
}
