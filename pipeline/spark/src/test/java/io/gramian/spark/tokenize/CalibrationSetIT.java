package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.session.TestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrationSetIT {

  private final SparkSession session = TestSession.get();

  @TempDir private Path folder;

  /** As other tools write them: longs, padding, any order, columns of their own. */
  @Test
  void readsPaddedRowsInOrder() throws IOException {
    CalibrationSet set =
        open(
            """
            SELECT * FROM VALUES (2L, array(5L, 6L, 0L), 2L, 'c'), (0L, array(1L, 2L, 3L), 3L, 'a'),
              (1L, array(4000L, -100L, -100L), 1L, 'b')
            AS t(sequence_id, input_ids, token_count, source)""");

    assertThat(set.sequences()).isEqualTo(3);
    assertThat(set.tokens()).isEqualTo(6);
    assertThat(set.longestSequence()).isEqualTo(3);
    assertThat(set.largestToken()).isEqualTo(4000);
    assertThat(set.path()).isEqualTo(folder + "/set");
    assertThat(set.rows().schema().catalogString())
        .isEqualTo("struct<sequence_id:bigint,input_ids:array<int>,token_count:int>");
    List<CalibrationSequence> sequences = set.sequencesInOrder().collect();
    assertThat(sequences).extracting(CalibrationSequence::id).containsExactly(0L, 1L, 2L);
    assertThat(sequences)
        .extracting(CalibrationSequence::tokens)
        .containsExactly(new int[] {1, 2, 3}, new int[] {4000}, new int[] {5, 6});
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> CalibrationSet.open(session, folder + "/none"))
        .isInstanceOf(UserException.class)
        .hasMessage("calibration set " + folder + "/none does not exist");
  }

  @Test
  void aFolderOfOtherFilesIsNamed() throws IOException {
    Files.createDirectory(folder.resolve("empty"));
    Files.createDirectory(folder.resolve("text"));
    ReadDocuments.write(folder.resolve("text/a.txt"), "no Parquet");
    for (String name : List.of("empty", "text")) {
      assertThatThrownBy(() -> CalibrationSet.open(session, folder + "/" + name))
          .as(name)
          .isInstanceOf(UserException.class)
          .hasMessage(
              "calibration set " + folder + "/" + name + " holds no readable Parquet files");
    }
  }

  @Test
  void aMissingColumnIsNamedWithThoseThereAre() {
    assertThatThrownBy(() -> open("SELECT 0L AS sequence_id, array(1) AS input_ids"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/set is not a calibration set: no column 'token_count'; wanted are"
                + " sequence_id bigint, input_ids array<int>, token_count int; found are"
                + " sequence_id bigint, input_ids array<int>");
  }

  @Test
  void aColumnOfAnotherTypeIsNamed() {
    assertThatThrownBy(
            () -> open("SELECT 0L AS sequence_id, array('a') AS input_ids, 1 AS token_count"))
        .isInstanceOf(UserException.class)
        .hasMessage(
            folder
                + "/set is not a calibration set: column 'input_ids' is array<string>, wanted"
                + " is array<int>");
    assertThatThrownBy(
            () -> open("SELECT array(0L) AS sequence_id, array(1) AS input_ids, 1 AS token_count"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("column 'sequence_id' is array<bigint>, wanted is bigint");
  }

  @Test
  void rowsThatContradictThemselvesAreCounted() {
    assertThatThrownBy(
            () ->
                open(
                    """
                    SELECT * FROM VALUES (0L, array(1, 2), 3), (1L, array(1), 0), (2L, NULL, 1),
                      (3L, array(1, NULL), 2), (4L, array(-1), 1), (5L, array(1), NULL),
                      (NULL, array(1), 1), (7L, array(1, 2), 2)
                    AS t(sequence_id, input_ids, token_count)"""))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "calibration set "
                + folder
                + "/set: in 7 of 8 rows token_count and input_ids do not"
                + " fit: wanted are 1 <= token_count <= size(input_ids), ids >= 0, and no nulls");
  }

  @Test
  void idsThatAreNoSequenceAreNamed() {
    assertThatThrownBy(
            () ->
                open(
                    """
                    SELECT * FROM VALUES (1L, array(1), 1), (1L, array(1), 1), (3L, array(1), 1)
                    AS t(sequence_id, input_ids, token_count)"""))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "calibration set "
                + folder
                + "/set: 3 rows have 2 different sequence ids from 1 to 3;"
                + " wanted is each of 0 to 2 once");
  }

  @Test
  void anEmptySetIsNamed() {
    assertThatThrownBy(
            () ->
                open(
                    "SELECT 0L AS sequence_id, array(1) AS input_ids, 1 AS token_count WHERE false"))
        .isInstanceOf(UserException.class)
        .hasMessage("calibration set " + folder + "/set holds no sequences");
  }

  private CalibrationSet open(String query) throws IOException {
    Path path = folder.resolve("set");
    session.sql(query).write().mode("overwrite").parquet(path.toString());
    return CalibrationSet.open(session, path.toString());
  }
}
