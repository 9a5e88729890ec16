package io.gramian.jobs.notebooks;

import io.gramian.jobs.notebooks.Paragraph.Place;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import scala.Console;
import scala.jdk.javaapi.CollectionConverters;
import scala.tools.nsc.Settings;
import scala.tools.nsc.interpreter.IMain;
import scala.tools.nsc.interpreter.Results;
import scala.tools.nsc.interpreter.shell.ReplReporterImpl;

/**
 * The interpreter of Scala's own shell, with {@code spark} and {@code sc} as Zeppelin's has them.
 *
 * <p>Lines compile to classes, not objects, and into a folder that Spark's settings name ({@code
 * spark.repl.class.outputDir}), so that tasks of a paragraph find them: Spark's own shell does the
 * same.
 */
final class ScalaShell implements AutoCloseable {

  private final StringWriter messages = new StringWriter();
  private final IMain interpreter;
  private final ClassLoader former = Thread.currentThread().getContextClassLoader();

  ScalaShell(SparkSession session, Path classes) {
    Settings settings = new Settings();
    List<String> options =
        List.of("-usejavacp", "-Yrepl-class-based", "-Yrepl-outdir", classes.toString());
    settings.processArguments(CollectionConverters.asScala(options).toList(), true);
    interpreter =
        new IMain(settings, new ReplReporterImpl(settings, new PrintWriter(messages, true)));
    interpreter.initializeCompiler();
    Thread.currentThread().setContextClassLoader(interpreter.classLoader());
    bind("spark", SparkSession.class, session);
    bind("sc", SparkContext.class, session.sparkContext());
  }

  private void bind(String name, Class<?> type, Object value) {
    var transientOnly = CollectionConverters.asScala(List.of("@transient")).toList();
    interpreter.bind(name, type.getName(), value, transientOnly);
  }

  /**
   * Runs a paragraph.
   *
   * @return what it prints, then what the shell says
   * @throws NoteFailure with the compiler's or the exception's message if it does not end well
   */
  String run(Place place, String code) {
    messages.getBuffer().setLength(0);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Results.Result result = Console.withOut(printed, () -> interpreter.interpret(code));
    String said = printed.toString(StandardCharsets.UTF_8) + messages;
    if (!result.equals(Results.Success$.MODULE$)) {
      throw new NoteFailure(place, said);
    }
    return said;
  }

  @Override
  public void close() {
    interpreter.close();
    Thread.currentThread().setContextClassLoader(former);
  }
}
