package io.gramian.jobs;

import io.gramian.jobs.options.SparkOptions;
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

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a verb is missing");
  }

  /** What a session would be opened with. */
  SparkConf sparkSettings(String applicationName) {
    return spark.settings(applicationName);
  }

  SparkSession openSession(String applicationName) {
    return spark.open(applicationName);
  }
}
