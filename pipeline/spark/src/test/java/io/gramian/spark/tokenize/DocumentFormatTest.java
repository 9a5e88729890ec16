package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentFormatTest {

  /** The capitals matter: these tests run in a Turkish locale, where I and i are no pair. */
  @ParameterizedTest
  @CsvSource({
    "a.txt,TEXT,false",
    "ALICE.TEXT,TEXT,false",
    "a.txt.gz,TEXT,false",
    "a.json,JSON_LINES,true",
    "LIST.JSONL,JSON_LINES,true",
    "a.b.JSONL.GZ,JSON_LINES,false",
    "a.parquet,PARQUET,true",
    "part-0.gz.parquet,PARQUET,true",
  })
  void isToldByTheExtension(String file, DocumentFormat format, boolean split) {
    assertThat(DocumentFormat.of(file)).isEqualTo(format);
    assertThat(format.canSplit(file)).isEqualTo(split);
  }

  @ParameterizedTest
  @ValueSource(strings = {"README", "a.csv", "a.txt.zst", "a.parquet.gz", "txt", "a.txt~"})
  void othersAreRefused(String file) {
    assertThatThrownBy(() -> DocumentFormat.of(file))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith(file + ": unknown extension");
  }

  @Test
  void theRefusalListsWhatIsRead() {
    assertThatThrownBy(() -> DocumentFormat.of("a.csv"))
        .hasMessage(
            "a.csv: unknown extension; text is read from .txt and .text (one document a file),"
                + " .json and .jsonl (one object a line), each also with .gz, and .parquet (one"
                + " document a row). Pass a pattern such as 'folder/*.jsonl' to leave other files"
                + " out");
  }
}
