package io.gramian.jobs.notebooks;

import io.gramian.jobs.notebooks.Paragraph.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * A note being run from top to bottom, in a Spark application and a shell of its own: no note may
 * lean on what another has left behind.
 */
final class NoteRun implements AutoCloseable {

  private final SparkSession session;
  private final ScalaShell shell;

  private NoteRun(SparkSession session, ScalaShell shell) {
    this.session = session;
    this.shell = shell;
  }

  /**
   * Opens Spark and the shell.
   *
   * @param scratch where compiled lines go
   */
  static NoteRun open(Path scratch) throws IOException {
    Path classes = Files.createTempDirectory(scratch, "classes");
    SparkSession session =
        SparkSession.builder()
            .appName("notebooks")
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.repl.class.outputDir", classes.toString())
            .getOrCreate();
    return new NoteRun(session, new ScalaShell(session, classes));
  }

  /**
   * Runs a paragraph.
   *
   * @return what it shows
   * @throws NoteFailure if it fails, or shows nothing, or not what its chart wants
   */
  String run(Paragraph paragraph) {
    Place place = paragraph.place();
    String shown =
        switch (paragraph.interpreter()) {
          case MARKDOWN -> rendered(paragraph.text());
          case SCALA -> shell.run(place, paragraph.text());
          case SQL -> query(paragraph);
        };
    if (shown.isBlank()) {
      throw new NoteFailure(place, "it shows nothing");
    }
    return shown;
  }

  private static String rendered(String markdown) {
    Node document = Parser.builder().build().parse(markdown);
    return TextContentRenderer.builder().build().render(document);
  }

  private String query(Paragraph paragraph) {
    Place place = paragraph.place();
    try {
      Dataset<Row> result = session.sql(paragraph.text());
      List<Row> rows = result.collectAsList();
      if (rows.isEmpty()) {
        throw new NoteFailure(place, "the query has no rows");
      }
      paragraph.chart().ifPresent(chart -> chart.check(place, result.schema(), rows));
      return table(result.columns(), rows);
    } catch (Exception e) { // Spark's AnalysisException is checked, and declared nowhere
      throw new NoteFailure(place, e);
    }
  }

  private static String table(String[] columns, List<Row> rows) {
    return String.join("\t", columns)
        + rows.stream().map(row -> row.mkString("\t")).collect(Collectors.joining("\n", "\n", ""));
  }

  @Override
  public void close() {
    shell.close();
    session.stop();
  }
}
