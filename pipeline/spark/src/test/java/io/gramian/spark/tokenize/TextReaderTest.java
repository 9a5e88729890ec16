package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextReaderTest {

  private static final String TEXT = "İstanbul'da \u2603\n\n\uD83D\uDE00 end\r\n";

  @TempDir private Path folder;

  @Test
  void aFileIsADocument() throws IOException {
    ReadDocuments.write(folder.resolve("a.txt"), TEXT);
    ReadDocuments.gzip(folder.resolve("b.txt.gz"), "packed " + TEXT);
    ReadDocuments.write(folder.resolve("c.text"), "");
    ReadDocuments.write(folder.resolve("d.txt"), "\uFEFFmarked");

    assertThat(ReadDocuments.texts(folder, "text", 13))
        .containsExactly(TEXT, "packed " + TEXT, "", "marked");
  }

  @Test
  void anotherEncodingIsTheUsersError() throws IOException {
    Path file = Files.write(folder.resolve("latin1.txt"), new byte[] {'a', 'b', (byte) 0xE7, 'c'});

    assertThatThrownBy(() -> ReadDocuments.texts(file, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + " is not UTF-8 text: invalid byte at offset 2; convert it first, for example"
                + " with iconv");
  }

  @Test
  void aCharacterCutInHalfIsTheUsersError() throws IOException {
    Path file = Files.write(folder.resolve("cut.txt"), new byte[] {'a', (byte) 0xE2, (byte) 0x98});

    assertThatThrownBy(() -> ReadDocuments.texts(file, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("invalid byte at offset 1;");
  }
}
