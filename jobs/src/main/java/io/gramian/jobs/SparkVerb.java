package io.gramian.jobs;

import io.gramian.jobs.console.ConsoleProgress;
import io.gramian.spark.progress.ProgressListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * A verb that runs on Spark: options are checked first, then the session is opened, and closed
 * whatever happens.
 */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = VersionNumbers.class,
    usageHelpAutoWidth = true,
    sortOptions = false,
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n")
abstract class SparkVerb implements Callable<Integer> {

  @ParentCommand private GramianCommand gramian;
  @Spec private CommandSpec spec;

  /**
   * Checks the options, before Spark starts.
   *
   * @return what is to be done with them
   */
  abstract Work prepare();

  @Override
  public final Integer call() throws IOException {
    Work work = prepare();
    PrintWriter out = spec.commandLine().getOut();
    try (SparkSession session = gramian.openSession(spec.qualifiedName())) {
      announce(session);
      work.run(new Workplace(session, ConsoleProgress.onStandardError(), out));
    }
    return Failure.DONE;
  }

  /** Where it runs and where to watch it, on standard error. */
  private void announce(SparkSession session) {
    String watch =
        session.sparkContext().uiWebUrl().map(url -> ", to watch at " + url).getOrElse(() -> "");
    spec.commandLine()
        .getErr()
        .printf(
            "%s: Spark %s on %s%s%n",
            spec.qualifiedName(), session.version(), session.sparkContext().master(), watch);
  }

  /** What a verb does once its options are known to be good. */
  @FunctionalInterface
  interface Work {
    void run(Workplace at) throws IOException;
  }

  /**
   * What the work needs.
   *
   * @param session the open session
   * @param progress draws on standard error
   * @param out for results and nothing else
   */
  record Workplace(SparkSession session, ProgressListener progress, PrintWriter out) {}
}
