package io.gramian.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.ByteSource;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link HadoopDirectory} does, whichever file system is behind it. */
abstract class DirectoryContract {

  private static final long SEED = 20240607;

  /** An empty folder of the file system under test; it need not exist yet. */
  abstract HadoopDirectory folder() throws IOException;

  @Test
  void readsBackWhatItWrote() throws IOException {
    Directory folder = folder();

    write(folder, "deep/er/file.txt", "çok güzel");

    assertThat(text(folder, "deep/er/file.txt")).isEqualTo("çok güzel");
    assertThat(text(folder.resolve("deep").resolve("er"), "file.txt")).isEqualTo("çok güzel");
    assertThat(folder.exists("deep/er/file.txt")).isTrue();
    assertThat(folder.exists("deep/file.txt")).isFalse();
  }

  @Test
  void aProbeLeavesNothingBehindAndNothingOut() throws IOException {
    HadoopDirectory folder = folder().resolve("not/there");
    folder.probe();
    assertThat(folder().exists("not")).isFalse();

    write(folder, "kept", "1");
    folder.probe();
    assertThat(folder.list()).containsExactly("kept");
  }

  @Test
  void listsPlainFilesSortedAndNothingElse() throws IOException {
    Directory folder = folder();
    assertThat(folder.list()).isEmpty();

    write(folder, "b", "2");
    write(folder, "B", "1");
    write(folder, "a b", "3");
    write(folder, "sub/c", "4");

    assertThat(folder.list()).containsExactly("B", "a b", "b");
  }

  @Test
  void fillsBuffersOfEveryKindFromAnyPosition() throws IOException {
    Directory folder = folder();
    byte[] content = new byte[(2 << 20) + 13];
    new Random(SEED).nextBytes(content);
    try (OutputStream out = folder.create("data.bin")) {
      out.write(content);
    }

    try (ByteSource source = folder.open("data.bin")) {
      assertThat(source.size()).isEqualTo(content.length);
      for (int[] range : new int[][] {{0, content.length}, {207, 1}, {13, 1 << 20}, {5, 0}}) {
        for (ByteBuffer buffer :
            new ByteBuffer[] {
              ByteBuffer.allocate(range[1]),
              ByteBuffer.allocateDirect(range[1]),
              ByteBuffer.allocate(range[1] + 7).position(3).limit(range[1] + 3).slice()
            }) {
          source.read(range[0], buffer);
          assertThat(buffer.hasRemaining()).isFalse();
          byte[] read = new byte[range[1]];
          buffer.flip().get(read);
          assertThat(read)
              .as("seed %d, range %s", SEED, Arrays.toString(range))
              .isEqualTo(Arrays.copyOfRange(content, range[0], range[0] + range[1]));
        }
      }
    }
  }

  @Test
  void positionedReadsMayRunAtTheSameTime() throws IOException {
    Directory folder = folder();
    byte[] content = new byte[100_003];
    new Random(SEED).nextBytes(content);
    try (OutputStream out = folder.create("data.bin")) {
      out.write(content);
    }

    try (ByteSource source = folder.open("data.bin")) {
      long wrong =
          IntStream.range(0, 1000).parallel().filter(i -> differs(source, content, i)).count();
      assertThat(wrong).as("seed %d", SEED).isZero();
    }
  }

  @Test
  void saysWhichBytesLieBeyondTheEnd() throws IOException {
    HadoopDirectory folder = folder();
    write(folder, "five", "12345");

    try (ByteSource source = folder.open("five")) {
      assertThatThrownBy(() -> source.read(3, ByteBuffer.allocate(3)))
          .isInstanceOf(EOFException.class)
          .hasMessage(folder.name() + "/five: bytes [3, 6) wanted of 5");
      assertThatThrownBy(() -> source.read(Long.MAX_VALUE, ByteBuffer.allocate(3)))
          .isInstanceOf(EOFException.class);
      assertThatThrownBy(() -> source.read(-1, ByteBuffer.allocate(1)))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    HadoopDirectory folder = folder();

    assertThatThrownBy(() -> folder.open("none"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(folder.name() + "/none");
    assertThatThrownBy(() -> folder.read("none").close()).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> folder.rename("none", "other"))
        .isInstanceOf(NoSuchFileException.class);
    folder.delete("none");
  }

  @Test
  void namesDoNotLeaveTheFolder() throws IOException {
    HadoopDirectory folder = folder();

    assertThatThrownBy(() -> folder.resolve("../secret"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("'../secret' is not a name inside " + folder.name());
    assertThatThrownBy(() -> folder.delete("/etc")).isInstanceOf(UserException.class);
  }

  @Test
  void aFolderIsNoFile() throws IOException {
    HadoopDirectory folder = folder();
    write(folder, "sub/c", "4");

    assertThatThrownBy(() -> folder.open("sub"))
        .isInstanceOf(IOException.class)
        .hasMessage(folder.name() + "/sub is a folder, not a file");
  }

  @Test
  void renameReplacesTheTarget() throws IOException {
    Directory folder = folder();
    write(folder, "old", "old");
    write(folder, "new.tmp", "new");

    folder.rename("new.tmp", "old");
    folder.rename("old", "fresh/folder/file");

    assertThat(text(folder, "fresh/folder/file")).isEqualTo("new");
    assertThat(folder.list()).isEmpty();
  }

  @Test
  void renameMovesWholeFolders() throws IOException {
    Directory folder = folder();
    write(folder, "from/a", "1");

    folder.rename("from", "to");

    assertThat(text(folder, "to/a")).isEqualTo("1");
    assertThat(folder.exists("from")).isFalse();
  }

  @Test
  void deleteTakesFoldersWithAllTheyHold() throws IOException {
    Directory folder = folder();
    write(folder, "sub/deep/c", "4");

    folder.delete("sub");

    assertThat(folder.exists("sub")).isFalse();
  }

  @Test
  void survivesSerialisation() throws Exception {
    HadoopDirectory folder = folder();
    write(folder, "a", "1");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(folder);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      HadoopDirectory copy = (HadoopDirectory) in.readObject();
      assertThat(copy.name()).isEqualTo(folder.name());
      assertThat(text(copy, "a")).isEqualTo("1");
    }
  }

  static void write(Directory folder, String file, String text) throws IOException {
    try (OutputStream out = folder.create(file)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  static String text(Directory folder, String file) throws IOException {
    try (InputStream in = folder.read(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static boolean differs(ByteSource source, byte[] content, int i) {
    ByteBuffer buffer = ByteBuffer.allocate(13);
    int position = i * 97;
    try {
      source.read(position, buffer);
    } catch (IOException e) {
      return true;
    }
    return !Arrays.equals(buffer.array(), Arrays.copyOfRange(content, position, position + 13));
  }
}
