package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesReaderTest {

  private static final String LINES =
      """
      {"text": "one", "source": "x"}

      {"source": "y", "text": "zw\\u00f6lf \\u2603 \uD83D\uDE00"}
      \t\s
      {"text": ""}
      {"text": "last\\nline"}""";

  private static final List<String> TEXTS =
      List.of("one", "zwölf \u2603 \uD83D\uDE00", "", "last\nline");

  @TempDir private Path folder;

  @Test
  void aLineIsADocumentHoweverTheFileIsSplit() throws IOException {
    Path file = ReadDocuments.write(folder.resolve("a.jsonl"), LINES);
    for (int partitions = 1; partitions < LINES.length() + 10; partitions += 7) {
      assertThat(ReadDocuments.texts(file, "text", partitions))
          .as("%d partitions", partitions)
          .isEqualTo(TEXTS);
    }
  }

  @Test
  void readsGzipAndWindowsLineEnds() throws IOException {
    Path packed = ReadDocuments.gzip(folder.resolve("a.json.gz"), LINES);
    Path windows = ReadDocuments.write(folder.resolve("w.json"), LINES.replace("\n", "\r\n"));

    assertThat(ReadDocuments.texts(packed, "text", 5)).isEqualTo(TEXTS);
    assertThat(ReadDocuments.texts(windows, "text", 5)).isEqualTo(TEXTS);
  }

  @Test
  void readsAnotherField() throws IOException {
    Path file = ReadDocuments.write(folder.resolve("a.jsonl"), "{\"text\": 1, \"body\": \"b\"}");

    assertThat(ReadDocuments.texts(file, "body", 1)).containsExactly("b");
  }

  @Test
  void anInstructionAndItsAnswerAreSpeltOut() throws IOException {
    Path file =
        ReadDocuments.write(
            folder.resolve("a.jsonl"),
            """
            {"instruction": "Name the capital.", "input": " Portugal\\n", "output": "Lisbon"}
            {"output": "4", "instruction": "Two and two?", "input": ""}
            {"instruction": "Say it.", "input": null, "output": "it", "id": 7}
            {"instruction": "Say it.", "output": "it"}
            {"instruction": "Say it.", "output": "it", "text": "spelt out already"}
            """);

    assertThat(ReadDocuments.texts(file, "text", 2))
        .containsExactly(
            "Task: Name the capital.\n\nGiven: Portugal\n\nAnswer: Lisbon",
            "Task: Two and two?\n\nAnswer: 4",
            "Task: Say it.\n\nAnswer: it",
            "Task: Say it.\n\nAnswer: it",
            "spelt out already");
  }

  @Test
  void anInstructionWithoutAnswerIsNone() throws IOException {
    Path file =
        ReadDocuments.write(
            folder.resolve("a.jsonl"), "{\"instruction\": \"Go.\", \"output\": null}");

    assertThatThrownBy(() -> ReadDocuments.texts(file, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(
            "has no string field 'text'; its fields are: instruction (string), output (null).");
  }

  @Test
  void aMissingFieldIsNamedWithThoseThereAre() throws IOException {
    Path file =
        ReadDocuments.write(
            folder.resolve("a.jsonl"),
            "{\"text\": \"fine\"}\n{\"content\": \"c\", \"n\": 1, \"t\": null}\n");

    assertThatThrownBy(() -> ReadDocuments.texts(file, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            file
                + ": the line at byte 17 has no string field 'text'; its fields are: content"
                + " (string), n (number), t (null). Choose one with --text-column");
  }

  @Test
  void aFieldThatIsNoStringIsRefused() throws IOException {
    Path file = ReadDocuments.write(folder.resolve("a.jsonl"), "{\"text\": [\"a\"]}");

    assertThatThrownBy(() -> ReadDocuments.texts(file, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no string field 'text'; its fields are: text (array).");
  }

  @Test
  void aLineThatIsNotJsonIsNamed() throws IOException {
    Path file =
        ReadDocuments.gzip(folder.resolve("a.jsonl.gz"), "{\"text\": \"a\"}\n{\"text\": oops}\n");

    assertThatThrownBy(() -> ReadDocuments.texts(file, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(
            file
                + ": the line at byte 14 of the uncompressed text is not JSON (Unrecognized token"
                + " 'oops'")
        .hasMessageEndingWith("wanted is one object a line, as in {\"text\": \"...\"}")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anArrayOrTwoObjectsOnALineAreRefused() throws IOException {
    Path array = ReadDocuments.write(folder.resolve("a.json"), "[{\"text\": \"a\"}]");
    Path two = ReadDocuments.write(folder.resolve("b.json"), "{\"text\": \"a\"} {\"text\": \"b\"}");

    assertThatThrownBy(() -> ReadDocuments.texts(array, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessage(
            array
                + ": the line at byte 0 is a JSON array; wanted is one object a line, as in"
                + " {\"text\": \"...\"}");
    assertThatThrownBy(() -> ReadDocuments.texts(two, "text", 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is not JSON (");
  }
}
