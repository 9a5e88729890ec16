package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import io.gramian.jobs.options.SparkOptions;
import java.io.IOException;
import java.util.Optional;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gramian} itself: the options that stand before the verb, and the list of verbs. */
@Command(
    name = "gramian",
    mixinStandardHelpOptions = true,
    versionProvider = VersionNumbers.class,
    synopsisSubcommandLabel = "VERB",
    usageHelpAutoWidth = true,
    sortOptions = false,
    headerHeading = "%n",
    header = {
      "Gramian compresses language models for small devices. It measures, on a text of",
      "yours, what every channel of a model contributes, and puts the channels in order",
      "of importance. The work runs on Apache Spark: on this machine, or on a cluster."
    },
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions, before the verb:%n",
    commandListHeading = "%nVerbs (gramian VERB --help tells more):%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  gramian compress",
      "      the sample model and text of calibration-data/; results in runs/llama-tiny",
      "  gramian sort --model /models/Llama-3.2-1B --calibration corpus.jsonl",
      "      a model and a text of yours; results in runs/Llama-3.2-1B",
      "  gramian generate --model runs/llama-tiny/quantized --prompt 'In the beginning'",
      "      text from the artifact, on this machine",
      "",
      "Paths may be local, hdfs:// or anything that Hadoop's file systems read.",
      "Exit codes: 0 done, 2 something for you to mend (one line says what), 3 a bug."
    },
    subcommands = {
      TokenizeCommand.class,
      CalibrateCommand.class,
      MergeCommand.class,
      SortCommand.class,
      AllocateCommand.class,
      FinetuneCommand.class,
      QuantizeCommand.class,
      SliceCommand.class,
      ExportCommand.class,
      EvaluateCommand.class,
      ReportCommand.class,
      CompressCommand.class,
      AblateCommand.class,
      SizesCommand.class,
      PlanCommand.class,
      GenerateCommand.class,
      ProfileCommand.class
    })
final class GramianCommand implements Runnable {

  @Mixin private SparkOptions spark;
  @Spec private CommandSpec spec;

  private final Optional<SparkSession> lent;

  /** Verbs open sessions of their own. */
  GramianCommand() {
    lent = Optional.empty();
  }

  /** Verbs run in this session, and leave it open. */
  GramianCommand(SparkSession session) {
    lent = Optional.of(session);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  /** What a session would be opened with, or was. */
  SparkConf sparkSettings(String applicationName) {
    requireOwnSettings();
    return lent.map(session -> session.sparkContext().getConf())
        .orElseGet(() -> spark.settings(applicationName));
  }

  /**
   * Works in the session that was lent, or in one that is opened for it and closed whatever
   * happens.
   *
   * @throws UserException if the session was lent, and settings are given that it can no longer
   *     heed
   */
  void inSession(String applicationName, SessionWork work) throws IOException {
    requireOwnSettings();
    if (lent.isPresent()) {
      work.run(lent.get());
      return;
    }
    try (SparkSession own = spark.open(applicationName)) {
      announce(applicationName, own);
      work.run(own);
    }
  }

  private void requireOwnSettings() {
    if (lent.isPresent() && spark.isGiven()) {
      throw new UserException(
          "--master and --conf are decided when a Spark session starts, and this one is running:"
              + " set them where it is opened, in a notebook in the interpreter's settings");
    }
  }

  /** Where it runs and where to watch it, on standard error. */
  private void announce(String name, SparkSession session) {
    String watch =
        session.sparkContext().uiWebUrl().map(url -> ", to watch at " + url).getOrElse(() -> "");
    spec.commandLine()
        .getErr()
        .printf(
            "%s: Spark %s on %s%s%n",
            name, session.version(), session.sparkContext().master(), watch);
  }

  /** What is to be done in a session. */
  @FunctionalInterface
  interface SessionWork {
    void run(SparkSession session) throws IOException;
  }
}
