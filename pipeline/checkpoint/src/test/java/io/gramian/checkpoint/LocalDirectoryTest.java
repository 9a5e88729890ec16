package io.gramian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDirectoryTest {

  @TempDir private Path folder;

  @Test
  void writesReadsAndReplaces() throws IOException {
    Directory directory = LocalDirectory.of(folder.resolve("not/yet"));
    assertThat(directory.list()).isEmpty();

    write(directory, "a/b/new.tmp", "first");
    directory.rename("a/b/new.tmp", "c/file");
    write(directory, "again", "second");
    directory.rename("again", "c/file");

    assertThat(directory.exists("a/b/new.tmp")).isFalse();
    assertThat(directory.read("c/file").readAllBytes()).asString(UTF_8).isEqualTo("second");
    ByteBuffer bytes = ByteBuffer.allocate(3);
    try (ByteSource source = directory.resolve("c").open("file")) {
      assertThat(source.name()).isEqualTo(folder.resolve("not/yet/c/file").toString());
      assertThat(source.size()).isEqualTo(6);
      source.read(2, bytes);
    }
    assertThat(bytes.array()).asString(UTF_8).isEqualTo("con");
  }

  @Test
  void listsPlainFilesSorted() throws IOException {
    Directory directory = LocalDirectory.of(folder);
    for (String file : new String[] {"b", "a", "I", "i", "deep/c"}) {
      write(directory, file, "x");
    }
    assertThat(directory.list()).containsExactly("I", "a", "b", "i");
    assertThat(directory.exists("deep")).isTrue();
  }

  @Test
  void deletesFoldersWithAllTheyHoldButNotWhatLinksPointAt() throws IOException {
    Directory directory = LocalDirectory.of(folder);
    write(directory, "keep/file", "x");
    write(directory, "gone/deep/file", "x");
    Files.createSymbolicLink(folder.resolve("gone/link"), folder.resolve("keep"));

    directory.delete("gone");
    directory.delete("never-was");

    assertThat(folder.resolve("gone")).doesNotExist();
    assertThat(folder.resolve("keep/file")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/etc/passwd", "..", "a/../../b", "a/..", ".", "a//b", "a\\b", "a/"})
  void refusesNamesThatLeaveTheFolder(String name) {
    Directory directory = LocalDirectory.of(folder);
    String message =
        "'%s' is not a name inside %s: names are relative, separated by '/', and hold no '..'"
            .formatted(name, folder);
    assertThatThrownBy(() -> directory.open(name))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> directory.create(name)).hasMessage(message);
    assertThatThrownBy(() -> directory.delete(name)).hasMessage(message);
    assertThatThrownBy(() -> directory.resolve(name)).hasMessage(message);
    assertThatThrownBy(() -> directory.rename("a", name)).hasMessage(message);
  }

  @Test
  void refusesControlCharactersAndPrintsThemAsQuestionMarks() {
    assertThatThrownBy(() -> LocalDirectory.of(folder).exists("a\0b\n"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("'a?b?' is not a name inside ");
  }

  @Test
  void missingFileIsNoSuchFile() {
    Directory directory = LocalDirectory.of(folder);
    assertThatThrownBy(() -> directory.open("none")).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> directory.read("none")).isInstanceOf(NoSuchFileException.class);
  }

  private static void write(Directory directory, String file, String text) throws IOException {
    try (OutputStream out = directory.create(file)) {
      out.write(text.getBytes(UTF_8));
    }
  }
}
