package io.gramian.jobs.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of the notes: what Zeppelin reads, and nothing that a run leaves behind. */
class NotesTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path FOLDER = Path.of(System.getProperty("gramian.root"), "notebooks");

  @Test
  void theFilesAreCalledAsZeppelinCallsThem() throws IOException {
    for (Path file : Note.in(FOLDER)) {
      Note note = Note.read(file);
      assertThat(file).hasFileName(note.fileName());
      assertThat(note.id()).matches("2[A-Z0-9]{8}");
    }
  }

  @Test
  void everyNoteExplainsSetsRunsAndDraws() throws IOException {
    for (Path file : Note.in(FOLDER)) {
      List<Paragraph> paragraphs = Note.read(file).paragraphs();
      assertThat(paragraphs.get(0).interpreter()).isEqualTo(Interpreter.MARKDOWN);
      assertThat(paragraphs.get(1).text()).contains("gramian.home", "val run =");
      assertThat(paragraphs).filteredOn(one -> one.chart().isPresent()).hasSizeGreaterThan(1);
      assertThat(paragraphs.get(paragraphs.size() - 1).text())
          .contains("**How to read it.**", "**What we saw.**");
    }
  }

  @Test
  void noRunIsLeftInThem() throws IOException {
    for (Path file : Note.in(FOLDER)) {
      for (JsonNode paragraph : JSON.readTree(file.toFile()).get("paragraphs")) {
        assertThat(paragraph.fieldNames())
            .toIterable()
            .as(file.toString())
            .isSubsetOf("title", "text", "config", "settings", "id");
      }
    }
  }

  @Test
  void aFolderWithoutNotesFails(@TempDir Path empty) {
    assertThatThrownBy(() -> Note.in(empty))
        .isInstanceOf(AssertionError.class)
        .hasMessage("no note, *.zpln, in " + empty);
  }

  @Test
  void anUnknownInterpreterFails() {
    assertThatThrownBy(() -> note("%md\nText", "%spark.pyspark\nprint(1)"))
        .isInstanceOf(NoteFailure.class)
        .hasMessage("note 'made up', paragraph 2: unknown interpreter %spark.pyspark");
  }

  @Test
  void aParagraphThatNamesNoInterpreterFails() {
    assertThatThrownBy(() -> note("println(1)"))
        .isInstanceOf(NoteFailure.class)
        .hasMessage("note 'made up', paragraph 1: its first line names no interpreter: println(1)");
  }

  /** A note of these paragraphs, without charts. */
  static Note note(String... texts) {
    var json = JSON.createObjectNode().put("name", "made up").put("id", "2KMADEUP1");
    var paragraphs = json.putArray("paragraphs");
    for (String text : texts) {
      paragraphs.addObject().put("text", text);
    }
    return Note.of(json);
  }
}
