package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {

  private static final String TEXT = "größer\nthan ASCII\n";

  @TempDir private Path folder;

  @Test
  void comesBackAndLeavesNothingElseBehind() throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    TextFile.write(directory, "note", "old and longer than what replaces it");
    TextFile.write(directory, "note", TEXT);
    TextFile.write(directory, "of-a-task", TEXT, "attempt-3");
    assertThat(TextFile.read(directory, "note")).isEqualTo(TEXT);
    assertThat(TextFile.readOrEmpty(directory, "of-a-task")).isEqualTo(TEXT);
    assertThat(directory.list()).containsExactly("note", "of-a-task");
    assertThat(folder.resolve("note")).hasContent(TEXT);
  }

  @Test
  void oneThatIsMissingIsEmptyOrAnError() throws IOException {
    LocalDirectory directory = LocalDirectory.of(folder);
    assertThat(TextFile.readOrEmpty(directory, "none")).isEmpty();
    assertThatThrownBy(() -> TextFile.read(directory, "none"))
        .isInstanceOf(NoSuchFileException.class);
  }
}
