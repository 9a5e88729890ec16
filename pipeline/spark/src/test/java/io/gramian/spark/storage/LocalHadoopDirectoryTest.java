package io.gramian.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalHadoopDirectoryTest extends DirectoryContract {

  @TempDir private Path temporary;

  @Override
  HadoopDirectory folder() {
    return HadoopDirectory.of(temporary.resolve("folder").toString(), new Configuration());
  }

  @Test
  void aPlainPathAndItsUriAreTheSameFolder() throws IOException {
    HadoopDirectory plain = folder();
    write(plain, "a", "1");
    HadoopDirectory uri =
        HadoopDirectory.of(temporary.resolve("folder").toUri().toString(), new Configuration());

    assertThat(uri.name()).isEqualTo(plain.name()).isEqualTo(temporary + "/folder");
    assertThat(text(uri, "a")).isEqualTo("1");
  }

  @Test
  void leavesNoChecksumFiles() throws IOException {
    HadoopDirectory folder = folder();
    write(folder, "a.tmp", "1");
    folder.rename("a.tmp", "a");

    try (Stream<Path> files = Files.walk(temporary)) {
      assertThat(files.filter(Files::isRegularFile)).containsExactly(temporary.resolve("folder/a"));
    }
  }

  @Test
  void replacingAFileDropsItsStaleChecksum() throws IOException {
    Path checksum = temporary.resolve("folder/.a.crc");
    HadoopDirectory folder = folder();
    for (Operation operation :
        new Operation[] {
          () -> write(folder, "a", "1"), () -> folder.rename("b", "a"), () -> folder.delete("a")
        }) {
      write(folder, "b", "2");
      Files.createFile(checksum);
      operation.run();
      assertThat(checksum).doesNotExist();
    }
  }

  @Test
  void fileNamesMayHoldColons() throws IOException {
    HadoopDirectory folder = folder();
    write(folder, "step:1", "1");

    assertThat(text(folder, "step:1")).isEqualTo("1");
  }

  @Test
  void anUnknownSchemeIsTheUsersError() {
    assertThatThrownBy(() -> HadoopDirectory.of("nofs://host/x", new Configuration()))
        .isInstanceOf(UserException.class)
        .hasMessage("cannot use the path nofs://host/x: No FileSystem for scheme \"nofs\"");
    assertThatThrownBy(() -> HadoopDirectory.of("", new Configuration()))
        .isInstanceOf(UserException.class)
        .hasMessage("cannot use the path : Can not create a Path from an empty string");
  }

  /** A step that may fail on its file system. */
  @FunctionalInterface
  private interface Operation {
    void run() throws IOException;
  }
}
