package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PendingFileTest {

  @TempDir private Path folder;

  @Test
  void appearsOnCommitOnly() throws IOException {
    Directory directory = LocalDirectory.of(folder);
    try (PendingFile pending = PendingFile.create(directory, "a/file")) {
      pending.stream().write(7);
      assertThat(directory.exists("a/file")).isFalse();
      assertThat(directory.exists("a/.file.partial")).isTrue();
      pending.stream().close();
      pending.commit();
    }
    assertThat(Files.readAllBytes(folder.resolve("a/file"))).containsExactly(7);
    assertThat(directory.resolve("a").list()).containsExactly("file");
  }

  @Test
  void failureLeavesTheOldFileAndNothingElse() throws IOException {
    Files.write(folder.resolve("file"), new byte[] {1});
    Directory directory = LocalDirectory.of(folder);
    assertThatThrownBy(
            () -> {
              try (PendingFile pending = PendingFile.create(directory, "file")) {
                pending.stream().write(new byte[100_000]);
                throw new IllegalStateException("half-way");
              }
            })
        .hasMessage("half-way");
    assertThat(directory.list()).containsExactly("file");
    assertThat(Files.readAllBytes(folder.resolve("file"))).containsExactly(1);
  }

  @Test
  void attemptsDoNotMeet() throws IOException {
    Directory directory = LocalDirectory.of(folder);
    try (PendingFile first = PendingFile.create(directory, "file", "1");
        PendingFile second = PendingFile.create(directory, "file", "2")) {
      first.stream().write(1);
      second.stream().write(2);
      assertThat(directory.list()).containsExactly(".file.1.partial", ".file.2.partial");
      second.commit();
      first.commit();
    }
    assertThat(directory.list()).containsExactly("file");
    assertThat(Files.readAllBytes(folder.resolve("file"))).containsExactly(1);
  }
}
