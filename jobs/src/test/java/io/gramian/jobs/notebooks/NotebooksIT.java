package io.gramian.jobs.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every paragraph of every note runs, on the sample, as it stands in the repository. */
class NotebooksIT {

  private static final Path ROOT = Path.of(System.getProperty("gramian.root"));

  @TempDir private Path scratch;

  static Stream<Path> notes() throws IOException {
    return Note.in(ROOT.resolve("notebooks")).stream();
  }

  /** What a person sets in the interpreter's settings. */
  @BeforeEach
  void setProperties() {
    System.setProperty("gramian.home", ROOT.toString());
    System.setProperty("gramian.runs", scratch.resolve("runs").toString());
  }

  @AfterEach
  void clearProperties() {
    System.clearProperty("gramian.home");
    System.clearProperty("gramian.runs");
  }

  @ParameterizedTest
  @MethodSource("notes")
  void everyParagraphRuns(Path file) throws IOException {
    Note note = Note.read(file);
    // What each paragraph shows, to be looked at.
    Path shown = ROOT.resolve("jobs/target/notebooks").resolve(note.name() + ".txt");
    Files.createDirectories(shown.getParent());
    StringBuilder record = new StringBuilder();
    try (NoteRun run = NoteRun.open(scratch)) {
      for (Paragraph paragraph : note.paragraphs()) {
        long start = System.nanoTime();
        record.append(paragraph.place()).append(":\n").append(run.run(paragraph)).append("\n");
        record.append("took ").append((System.nanoTime() - start) / 1_000_000).append(" ms\n\n");
      }
    } finally {
      Files.writeString(shown, record);
    }
    assertThat(note.paragraphs()).isNotEmpty();
  }
}
