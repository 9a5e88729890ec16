package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged and huge files: an answer or a UserException, in little memory. */
class SafetensorsFuzzTest {

  private static final long FEW_MEGABYTES = 4L << 20;

  @TempDir private Path folder;

  @Test
  void damageIsSurvivedOrExplained() throws IOException {
    byte[] valid = validFile();
    int refused = 0;
    for (int seed = 1; seed <= 500; seed++) {
      byte[] damaged = damage(valid, new Random(seed));
      long before = allocated();
      refused += isRefused(damaged, seed) ? 1 : 0;
      assertThat(allocated() - before)
          .as("bytes allocated, seed %d", seed)
          .isLessThan(FEW_MEGABYTES);
    }
    assertThat(refused).isBetween(250, 499);
  }

  @Test
  void readsBeyondFourGigabytesOfASparseFile() throws IOException {
    Path file = folder.resolve("sparse.safetensors");
    long size = (1L << 32) + 207;
    byte[] json =
        SafetensorsBytes.of(
            "{\"huge\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(size, size),
            0);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(json));
      channel.write(ByteBuffer.wrap(new byte[] {42}), json.length + size - 1);
    }
    try (SafetensorsFile huge =
        SafetensorsFile.open(LocalDirectory.of(folder).open("sparse.safetensors"))) {
      ByteBuffer end = ByteBuffer.allocate(2);
      huge.read(huge.info("huge"), size - 2, end);
      assertThat(end.array()).containsExactly(0, 42);
      ByteBuffer acrossSlices = ByteBuffer.allocate(13).put(0, (byte) 1);
      huge.read(huge.info("huge"), (1L << 30) - json.length - 6, acrossSlices);
      assertThat(acrossSlices.array()).containsOnly(0);
    }
  }

  private static boolean isRefused(byte[] bytes, int seed) {
    try (SafetensorsFile file = SafetensorsFile.open(new MemorySource("damaged", bytes))) {
      for (TensorInfo tensor : file.tensors()) {
        file.read(tensor, 0, ByteBuffer.allocate(Math.toIntExact(tensor.bytes())));
      }
      return false;
    } catch (UserException e) {
      assertThat(e.getMessage()).as("seed %d", seed).startsWith("damaged: ").doesNotContain("\n");
      return true;
    } catch (IOException | RuntimeException e) {
      return fail("seed " + seed, e);
    }
  }

  /** One to four flipped bytes, most of them in the header, or the end cut off. */
  private static byte[] damage(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    if (random.nextInt(5) == 0) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      int within = random.nextInt(8) == 0 ? 8 : bytes.length - 207;
      bytes[random.nextInt(within)] ^= (byte) (1 + random.nextInt(255));
    }
    return bytes;
  }

  private static byte[] validFile() throws IOException {
    List<TensorSpec> specs =
        List.of(
            new TensorSpec("model.embed_tokens.weight", DType.BF16, List.of(13L, 7L)),
            new TensorSpec("model.norm.weight", DType.F32, List.of(13L)),
            new TensorSpec("ids", DType.I64, List.of(1L, 2L)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SafetensorsWriter writer = new SafetensorsWriter(out, Map.of("format", "pt"), specs)) {
      for (TensorSpec spec : specs) {
        writer.append(ByteBuffer.allocate(Math.toIntExact(spec.bytes())));
      }
    }
    return out.toByteArray();
  }

  private static long allocated() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getCurrentThreadAllocatedBytes();
  }
}
