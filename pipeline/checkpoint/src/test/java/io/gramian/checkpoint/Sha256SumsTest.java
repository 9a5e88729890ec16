package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Sha256SumsTest {

  private static final String SHARD = "model-00001-of-00002.safetensors";
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String REMEDY = "; copy the artifact again, or quantize again";

  @TempDir private Path folder;

  private Directory directory;

  @BeforeEach
  void artifact() throws IOException {
    directory = LocalDirectory.of(folder);
    Files.writeString(folder.resolve(SHARD), "abc");
    Files.writeString(folder.resolve("config.json"), "");
    Files.writeString(folder.resolve("tokenizer.json"), "abc");
    sums().write(directory);
  }

  private static Sha256Sums sums() {
    return Sha256Sums.of(Map.of(SHARD, ABC, "tokenizer.json", ABC, "config.json", EMPTY));
  }

  @Test
  void isWrittenAsByTheProgramAndReadBack() throws IOException {
    assertThat(folder.resolve("SHA256SUMS"))
        .content()
        .isEqualTo(
            EMPTY + "  config.json\n" + ABC + "  " + SHARD + "\n" + ABC + "  tokenizer.json\n");
    assertThat(read().digests()).isEqualTo(sums().digests());
    assertThat(directory.list())
        .containsExactly("SHA256SUMS", "config.json", SHARD, "tokenizer.json");
    read().verify(directory);
  }

  @Test
  void namesAreUtf8() throws IOException {
    Sha256Sums.of(Map.of("größer ıİ", ABC)).write(directory);
    assertThat(folder.resolve("SHA256SUMS"))
        .hasBinaryContent((ABC + "  größer ıİ\n").getBytes(StandardCharsets.UTF_8));
    assertThat(read().digests()).containsOnlyKeys("größer ıİ");
  }

  @Test
  void namesThatTheSystemCannotHaveAreRefused() {
    assertThatThrownBy(() -> Sha256Sums.of(Map.of("\ud800", ABC)).verify(directory))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            ": listed in SHA256SUMS, but no file name in this system's locale" + REMEDY);
  }

  @Test
  void aFolderWithoutOneHasNone() throws IOException {
    Files.delete(folder.resolve("SHA256SUMS"));
    assertThat(Sha256Sums.read(directory)).isEmpty();
  }

  @Test
  void whatIsListedMustBeThere() throws IOException {
    Files.delete(folder.resolve(SHARD));
    assertRefused("/" + SHARD + ": missing, but listed in SHA256SUMS" + REMEDY);
  }

  @Test
  void whatIsListedMustBeTheSame() throws IOException {
    Files.writeString(folder.resolve(SHARD), "");
    assertRefused(
        "/"
            + SHARD
            + ": its 0 bytes have SHA-256 e3b0c44298fc..., but SHA256SUMS says ba7816bf8f01...:"
            + " the file was cut short or changed"
            + REMEDY);
  }

  @Test
  void aFolderInPlaceOfAFileIsUnreadable() throws IOException {
    Files.delete(folder.resolve(SHARD));
    Files.createDirectory(folder.resolve(SHARD));
    assertThatThrownBy(() -> read().verify(directory))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(folder + "/" + SHARD + ": cannot be read (");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "model-00002-of-00002.safetensors",
        "model.safetensors.index.json",
        "gramian.json"
      })
  void whatALoaderReadsMustBeListed(String name) throws IOException {
    Files.createFile(folder.resolve(name));
    assertRefused(
        "/"
            + name
            + ": not listed in SHA256SUMS: it is of another artifact, or the list was cut short"
            + REMEDY);
  }

  @Test
  void otherFilesNeedNotBeListed() throws IOException {
    Files.createFile(folder.resolve("notes.txt"));
    Files.createFile(folder.resolve(".model.safetensors.7.partial"));
    assertThatCode(() -> read().verify(directory)).doesNotThrowAnyException();
  }

  @Test
  void lineEndsOfOtherSystemsAreRefused() throws IOException {
    assertDamaged(
        EMPTY + "  config.json\r\n",
        "line 1 ends in CR LF: the copy took files for text and changed their line ends");
  }

  @Test
  void damageIsFoundByLine() throws IOException {
    String first = EMPTY + "  config.json\n";
    String form = "line 2 is not 64 digits (0-9, a-f), two spaces and a file name";
    assertDamaged("", "line 1 is missing: the file is empty");
    assertDamaged(
        first + ABC + "  " + SHARD, "line 2 has no line feed at its end: the file was cut short");
    assertDamaged(first + "\n", form);
    assertDamaged(first + ABC + " *" + SHARD + "\n", form);
    assertDamaged(first + ABC + "  \n", form);
    assertDamaged(first + ABC.substring(1) + "  " + SHARD + "\n", form);
    assertDamaged(first + "BA7816BF8F01" + ABC.substring(12) + "  " + SHARD + "\n", form);
    assertDamaged(first + ABC + "  a\n" + first, "line 3 lists 'config.json' for the second time");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../a",
        "/etc/passwd",
        "a/b",
        "a\\b",
        "a\u0007",
        "\ufffd",
        "SHA256SUMS"
      })
  void namesThatLeaveTheFolderAreRefused(String name) throws IOException {
    assertDamaged(
        EMPTY + "  config.json\n" + ABC + "  " + name + "\n",
        "line 2 lists '" + name.replace('\u0007', '?') + "', no file of this folder");
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    byte[] line = (ABC + "  ab\n").getBytes(StandardCharsets.UTF_8);
    line[66] = (byte) 0xff;
    Files.write(folder.resolve("SHA256SUMS"), line);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("/SHA256SUMS: line 1 lists '");
  }

  @Test
  void aHugeListIsNotRead() throws IOException {
    Files.write(folder.resolve("SHA256SUMS"), new byte[(1 << 20) + 1]);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/SHA256SUMS: 1048577 bytes are too many for a list of checksums, at most 1048576"
                + " are read"
                + REMEDY);
  }

  @Test
  void randomDamageIsRefusedInOneLine() throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("SHA256SUMS"));
    for (int seed = 1; seed <= 300; seed++) {
      Random random = new Random(seed);
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
      Files.write(folder.resolve("SHA256SUMS"), damaged);
      assertThatThrownBy(() -> read().verify(directory))
          .as("seed %d", seed)
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith(folder.toString())
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void onlySumsThatCanBeReadBackAreMade() {
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256Sums.of(Map.of()));
    for (Map.Entry<String, String> wrong :
        new TreeMap<>(Map.of("a/b", ABC, "..", ABC, "SHA256SUMS", ABC, "upper", "BA7816"))
            .entrySet()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Sha256Sums.of(Map.of(wrong.getKey(), wrong.getValue())))
          .withMessage("'" + wrong.getKey() + "' with SHA-256 '" + wrong.getValue() + "'");
    }
  }

  private Sha256Sums read() {
    return Sha256Sums.read(directory).orElseThrow();
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> read().verify(directory))
        .isInstanceOf(UserException.class)
        .hasMessage(folder + message);
  }

  private void assertDamaged(String text, String message) throws IOException {
    Files.writeString(folder.resolve("SHA256SUMS"), text);
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessage(folder + "/SHA256SUMS: " + message + REMEDY);
  }
}
