package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumTest {

  @TempDir private Path folder;

  /** The test vectors of FIPS 180. */
  @Test
  void knownDigests() throws IOException {
    Files.writeString(folder.resolve("abc"), "abc");
    Files.writeString(folder.resolve("million"), "a".repeat(1_000_000));
    Files.createFile(folder.resolve("empty"));
    Directory directory = LocalDirectory.of(folder);
    assertThat(Checksum.of(directory, "abc"))
        .isEqualTo(
            new Checksum("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 3));
    assertThat(Checksum.of(directory, "million"))
        .isEqualTo(
            new Checksum(
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", 1_000_000));
    assertThat(Checksum.of(directory, "empty"))
        .isEqualTo(
            new Checksum("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 0));
  }

  @Test
  void bytesInMemoryHaveTheDigestOfTheirFile() throws IOException {
    byte[] bytes = new byte[] {0, -1, 13, 10};
    Files.write(folder.resolve("bytes"), bytes);
    assertThat(Checksum.of(bytes))
        .isEqualTo(Checksum.of(LocalDirectory.of(folder), "bytes"))
        .extracting(Checksum::bytes)
        .isEqualTo(4L);
  }
}
