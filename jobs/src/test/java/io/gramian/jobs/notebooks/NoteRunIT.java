package io.gramian.jobs.notebooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.jobs.notebooks.Chart.Column;
import io.gramian.jobs.notebooks.Paragraph.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of the notebooks see, and that they see what is broken. */
class NoteRunIT {

  private static final Place PLACE = new Place("made up", 1);

  @TempDir private static Path scratch;

  private static NoteRun run;

  @BeforeAll
  static void open() throws IOException {
    run = NoteRun.open(scratch);
  }

  @AfterAll
  static void close() {
    run.close();
  }

  private static String show(String... paragraphs) {
    StringBuilder shown = new StringBuilder();
    NotesTest.note(paragraphs).paragraphs().forEach(one -> shown.append(run.run(one)));
    return shown.toString();
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> failure(String... paragraphs) {
    return assertThatThrownBy(() -> show(paragraphs)).isInstanceOf(NoteFailure.class);
  }

  @Test
  void paragraphsSeeThoseBeforeThemAndTasksTheirClasses() {
    String shown =
        show(
            "%md\n# Twice",
            "%spark\ncase class Pair(a: Int, b: Int)\nval factor = 2",
            """
            %spark
            import spark.implicits._
            val pairs = Seq(Pair(1, 2), Pair(3, 4)).toDS().map(p => Pair(p.a * factor, p.b))
            pairs.createOrReplaceTempView("pairs")
            print(sc.parallelize(1 to 10, 2).map(_ * factor).sum())""",
            "%spark.sql\nselect sum(a) as total from pairs");
    assertThat(shown).contains("Twice", "110.0", "total\n8");
  }

  @Test
  void whatDoesNotCompileFailsWithTheCompilersMessage() {
    failure("%md\nText", "%spark\nval n: Int = \"seven\"")
        .hasMessageStartingWith("note 'made up', paragraph 2: ")
        .hasMessageContaining("type mismatch")
        .hasMessageContaining("found   : String(\"seven\")");
  }

  @Test
  void whatIsThrownFails() {
    failure("%spark\nprintln(7)\nsys.error(\"no such run\")")
        .hasMessageStartingWith("note 'made up', paragraph 1: 7\n")
        .hasMessageContaining("no such run");
  }

  @Test
  void aParagraphThatEndsInTheMiddleFails() {
    failure("%spark\nval open = Seq(1,").hasMessageContaining("paragraph 1");
  }

  @Test
  void aVerbThatRefusesFailsWithItsLine() {
    failure("%spark\nio.gramian.jobs.Gramian.in(spark).run(\"sort\", \"--model=m\")")
        .hasMessageContaining(UserException.class.getName())
        .hasMessageContaining("--model is given but --calibration is not");
  }

  @Test
  void aQueryThatIsWrongOrEmptyFails() {
    failure("%spark.sql\nselect depth from range(3)").hasMessageContaining("depth");
    failure("%spark.sql\nselect id from range(0)").hasMessageContaining("has no rows");
  }

  @Test
  void aParagraphThatShowsNothingFails() {
    failure("%md\n").hasMessage("note 'made up', paragraph 1: it shows nothing");
  }

  @Test
  void aChartIsOfColumnsThatAreThere() {
    chart("select id as rank, id * 2 as score from range(3)", new Column("score", 1));
    wrong("select id as rank, id * 2 as loss from range(3)", new Column("score", 1))
        .hasMessageContaining("the chart wants score as column 1 of rank, loss");
    wrong("select id as rank, 'x' as score from range(3)", new Column("score", 1))
        .hasMessageContaining("score is drawn, but no number");
    wrong("select id % 2 as rank, id as score from range(3)", new Column("score", 1))
        .hasMessageContaining("several rows at [0] would be drawn as their sum");
    wrong("select id as rank, id as score from range(1001)", new Column("score", 1))
        .hasMessageContaining("1001 rows, of which Zeppelin shows 1000");
    wrong("select id as rank, int(null) as score from range(3)", new Column("score", 1))
        .hasMessageContaining("score is null at [0]");
    wrong("select id as rank, id as score from range(1)", new Column("score", 1))
        .hasMessageContaining("a chart of 1 points");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> wrong(String query, Column value) {
    return assertThatThrownBy(() -> chart(query, value)).isInstanceOf(NoteFailure.class);
  }

  private static void chart(String query, Column value) {
    Chart chart = new Chart("lineChart", List.of(new Column("rank", 0)), List.of(), List.of(value));
    run.run(new Paragraph(PLACE, Interpreter.SQL, query, Optional.of(chart)));
  }
}
