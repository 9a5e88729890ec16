package io.gramian.checkpoint;

import static io.gramian.checkpoint.CheckpointFolder.f32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint of which one file is damaged: numbers or a UserException, nothing else. */
class DamagedCheckpointTest {

  private static final String SHARD = "model-00002-of-00002.safetensors";

  @TempDir private Path folder;

  private CheckpointFolder checkpoint;

  @BeforeEach
  void valid() throws IOException {
    List<TensorSpec> tensors = List.of(f32("a.weight", 3L, 4L), f32("b.weight", 13L));
    ShardPlan plan = ShardPlan.of(tensors, 52);
    checkpoint =
        new CheckpointFolder(folder).config("{\"hidden_size\": 13, \"limit\": [0.0, Infinity]}");
    for (ShardPlan.Shard shard : plan.shards()) {
      checkpoint.counting(shard.file(), shard.tensors().toArray(TensorSpec[]::new));
    }
    CheckpointIndex.write(checkpoint.directory(), plan);
  }

  @Test
  void randomDamageIsSurvivedOrExplained() throws IOException {
    for (String file : List.of("config.json", CheckpointIndex.FILE, SHARD)) {
      byte[] bytes = Files.readAllBytes(folder.resolve(file));
      int refused = 0;
      for (int seed = 1; seed <= 200; seed++) {
        Random random = new Random(seed);
        byte[] damaged = bytes.clone();
        damaged[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
        Files.write(folder.resolve(file), damaged);
        refused += isRefused("%s, seed %d".formatted(file, seed)) ? 1 : 0;
      }
      Files.write(folder.resolve(file), bytes);
      assertThat(refused).as(file).isBetween(50, 199);
    }
  }

  private boolean isRefused(String what) {
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      opened.config().requireInt("hidden_size");
      for (String tensor : opened.tensorNames()) {
        int elements = Math.toIntExact(opened.info(tensor).elements());
        opened.readFloats(tensor, 0, FloatBuffer.allocate(elements));
      }
      return false;
    } catch (UserException e) {
      assertThat(e.getMessage()).as(what).startsWith(folder.toString()).doesNotContain("\n");
      return true;
    } catch (IOException | RuntimeException e) {
      return fail(what, e);
    }
  }

  @Test
  void hugeJsonIsNotRead() throws IOException {
    try (FileChannel channel =
        FileChannel.open(folder.resolve("config.json"), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 100_000_000);
    }
    assertThatThrownBy(() -> Checkpoint.open(checkpoint.directory()))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/config.json: 100000001 bytes are too many for a JSON file,"
                + " at most 100000000 are read");
  }

  @Test
  void folderInPlaceOfAFileIsUnreadable() throws IOException {
    Files.delete(folder.resolve(SHARD));
    Files.createDirectory(folder.resolve(SHARD));
    try (Checkpoint opened = Checkpoint.open(checkpoint.directory())) {
      assertThatThrownBy(() -> opened.info("b.weight"))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(folder + "/" + SHARD + ": cannot be read (");
    }
  }
}
