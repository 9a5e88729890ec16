package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

  @TempDir private Path folder;

  @Test
  void listsAFolderByPathAndPassesHiddenFilesOver() throws IOException {
    for (String file :
        List.of(
            "b.txt",
            "a.jsonl",
            "B.txt",
            "sub/deep/z.txt",
            "_SUCCESS",
            ".a.crc",
            ".git/x.txt",
            "_t/y.txt")) {
      write(file, 1);
    }
    assertThat(names(folder.toString()))
        .containsExactly("B.txt", "a.jsonl", "b.txt", "sub/deep/z.txt");
  }

  @Test
  void listsASingleFileByPathOrUri() throws IOException {
    write("a.txt", 3);
    assertThat(names(folder + "/a.txt")).containsExactly("a.txt");
    assertThat(names(folder.resolve("a.txt").toUri().toString())).containsExactly("a.txt");
  }

  @Test
  void listsAPatternAndTheFoldersThatItMatches() throws IOException {
    for (String file : List.of("a.txt", "b.txt", "b.jsonl", "c/d.txt", "README")) {
      write(file, 1);
    }
    assertThat(names(folder + "/*.txt")).containsExactly("a.txt", "b.txt");
    assertThat(names(folder + "/{a,b}.*")).containsExactly("a.txt", "b.jsonl", "b.txt");
    assertThat(names(folder + "/[bc]*")).containsExactly("b.jsonl", "b.txt", "c/d.txt");
  }

  @Test
  void aFileMayLookLikeAPattern() throws IOException {
    write("what?[1].txt", 1);
    assertThat(names(folder + "/what?[1].txt")).containsExactly("what?[1].txt");
  }

  @Test
  void aMissingPathIsNamed() {
    assertThatThrownBy(() -> names(folder + "/none.txt"))
        .isInstanceOf(UserException.class)
        .hasMessage("calibration text " + folder + "/none.txt does not exist");
  }

  @Test
  void aPatternWithoutMatchIsNamed() {
    assertThatThrownBy(() -> names(folder + "/*.jsonl"))
        .isInstanceOf(UserException.class)
        .hasMessage("no files match " + folder + "/*.jsonl");
  }

  @Test
  void anEmptyFolderIsNamed() {
    assertThatThrownBy(() -> names(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessage("no files in " + folder + ": nothing to tokenize");
  }

  @Test
  void anUnknownExtensionInAFolderIsNoSilentLoss() throws IOException {
    write("a.txt", 1);
    write("b.docx", 1);
    assertThatThrownBy(() -> names(folder.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("b.docx: unknown extension");
  }

  @Test
  void partitionsCoverTheCorpusInOrder() throws IOException {
    write("a.jsonl", 207);
    write("b.txt", 100);
    write("c.jsonl", 0);
    write("d.jsonl.gz", 50);
    write("e.parquet", 1);
    Corpus corpus = Corpus.list(folder.toString(), new Configuration());
    assertThat(corpus.bytes()).isEqualTo(358);
    for (int count : new int[] {1, 2, 4, 13, 1000}) {
      assertCovers(corpus, count);
    }
    assertThat(corpus.partitions(1)).hasSize(1);
    assertThat(corpus.partitions(4)).hasSizeBetween(3, 5);
  }

  private static void assertCovers(Corpus corpus, int count) {
    List<CorpusSplit> splits = corpus.partitions(count).stream().flatMap(List::stream).toList();
    int next = 0;
    for (CorpusFile file : corpus.files()) {
      long at = 0;
      do {
        CorpusSplit split = splits.get(next++);
        assertThat(split.path()).as("%d partitions", count).isEqualTo(file.path());
        assertThat(split.start()).isEqualTo(at);
        at += split.length();
        assertThat(file.canSplit() || split.length() == file.bytes()).isTrue();
      } while (at < file.bytes());
      assertThat(at).isEqualTo(file.bytes());
    }
    assertThat(next).isEqualTo(splits.size());
  }

  private List<String> names(String path) throws IOException {
    return Corpus.list(path, new Configuration()).files().stream()
        .map(file -> folder.relativize(Path.of(file.path().toUri().getPath())).toString())
        .toList();
  }

  private void write(String file, int bytes) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.write(path, new byte[bytes]);
  }
}
