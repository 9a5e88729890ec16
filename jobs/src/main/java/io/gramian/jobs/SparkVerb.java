package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import io.gramian.jobs.console.ConsoleProgress;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.run.ExistingOutputs;
import io.gramian.spark.run.MemoryCheck;
import io.gramian.spark.run.MergeSummary;
import io.gramian.spark.run.MergedStatistics;
import io.gramian.spark.run.Merging;
import io.gramian.spark.run.Pipeline;
import io.gramian.spark.run.PipelineSettings;
import io.gramian.spark.run.Run;
import io.gramian.spark.run.RunMix;
import io.gramian.spark.session.ExecutorMemory;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ParentCommand;

/**
 * A verb that runs on Spark: options are checked first, then the session is opened, unless there is
 * one that was lent.
 */
abstract class SparkVerb extends Verb {

  /** Setting: bytes of weights, F32, that a process holds at a time. */
  static final String WAVE_MEMORY = "spark.gramian.wave.memory";

  /** Setting: whether what executors have is heeded. */
  static final String MEMORY_CHECK = "spark.gramian.memory.check";

  @ParentCommand private GramianCommand gramian;

  /**
   * Checks the options, before Spark starts.
   *
   * @return what is to be done with them
   */
  abstract Work prepare();

  @Override
  public final Integer call() throws IOException {
    Work work = prepare();
    List<String> arguments = spec().commandLine().getParseResult().originalArgs();
    gramian.inSession(
        spec().qualifiedName(),
        session ->
            work.run(new Workplace(session, ConsoleProgress.onStandardError(), out(), arguments)));
    return Failure.DONE;
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
   * @param arguments the verb's, for the run's record
   */
  record Workplace(
      SparkSession session, ProgressListener progress, PrintWriter out, List<String> arguments) {

    /** The pipeline that works on {@code model} and keeps its books in {@code run}. */
    Pipeline pipeline(String model, String run, ExistingOutputs existing) throws IOException {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      HadoopDirectory folder = HadoopDirectory.of(run, spark.hadoopConfiguration());
      return new Pipeline(
          session, Run.open(spark, folder, arguments, existing), settings(model), progress);
    }

    /**
     * The checkpoint that the run in {@code folder} was made from.
     *
     * @throws UserException if there is no run
     */
    String modelOf(String folder) {
      Configuration hadoop = session.sparkContext().hadoopConfiguration();
      return Run.modelOf(HadoopDirectory.of(folder, hadoop))
          .orElseThrow(
              () -> new UserException(folder + " holds no run: run sort with that --output first"));
    }

    /** Whether the run in {@code folder} holds statistics that were merged of other runs. */
    boolean isMerged(String folder) {
      return MergedStatistics.isIn(
          HadoopDirectory.of(folder, session.sparkContext().hadoopConfiguration()));
    }

    /** Merges runs into the one in {@code run}. */
    MergeSummary merge(RunMix mix, String run, ExistingOutputs existing) throws IOException {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      HadoopDirectory folder = HadoopDirectory.of(run, spark.hadoopConfiguration());
      return Merging.run(session, progress, mix, Run.open(spark, folder, arguments, existing));
    }

    private PipelineSettings settings(String model) {
      JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
      boolean planned = spark.getConf().getBoolean(MEMORY_CHECK, true);
      return new PipelineSettings(
          model,
          waveBytes(spark.getConf(), ExecutorMemory.of(spark)),
          spark.defaultParallelism(),
          planned ? MemoryCheck.PLANNED : MemoryCheck.NONE);
    }
  }

  /** Weights of a wave at most: unless told otherwise, half of what there is for tensors. */
  static long waveBytes(SparkConf conf, ExecutorMemory memory) {
    return conf.contains(WAVE_MEMORY) ? conf.getSizeAsBytes(WAVE_MEMORY) : memory.outside() / 2;
  }
}
