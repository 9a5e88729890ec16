package io.gramian.jobs;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.jobs.options.CutOptions;
import io.gramian.jobs.options.LengthOption;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.plan.Bytes;
import io.gramian.spark.plan.MemoryPlan;
import io.gramian.spark.plan.Phase;
import io.gramian.spark.plan.PhaseMemory;
import io.gramian.spark.plan.ShuffledBytes;
import io.gramian.spark.session.ExecutorMemory;
import io.gramian.spark.wave.ShardSet;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code gramian plan}: needs neither weights nor a running Spark. */
@Command(
    name = "plan",
    description =
        "Prints what an executor will hold in each phase and what tasks will send each other, from"
            + " a model's config.json and Spark's settings (--conf and --master, before the verb)."
            + " Ends with exit code 2 if a phase cannot fit, and says what would do.")
final class PlanCommand extends ConfigVerb {

  @ParentCommand private GramianCommand gramian;
  @Mixin private LengthOption length;

  @Option(
      names = "--sequences",
      paramLabel = "COUNT",
      defaultValue = CutOptions.DEFAULT_SEQUENCES,
      description = "Sequences of the calibration set (default: ${DEFAULT-VALUE}).")
  private int sequences;

  @Option(
      names = "--phases",
      paramLabel = "PHASE",
      split = ",",
      defaultValue = "calibrate,sort,quantize,evaluate",
      description =
          "Phases to plan, comma-separated: those and finetune (default: ${DEFAULT-VALUE}).")
  private List<String> phases;

  @Option(
      names = "--mlp-singular-values",
      paramLabel = "COUNT",
      description =
          "Plan for sorting with --mlp ridge-leverage from so many singular values: there is no Gram"
              + " matrix of an MLP then.")
  private Optional<Integer> singularValues;

  @Override
  public Integer call() {
    List<Phase> wanted = phases.stream().map(PlanCommand::phase).toList();
    if (length.tokens() < 1 || sequences < 1) {
      throw new UserException("--sequence-length and --sequences must be at least 1");
    }
    DecoderSpec decoder = decoder();
    SparkConf conf = gramian.sparkSettings("gramian plan");
    ExecutorMemory memory = ExecutorMemory.of(conf, conf.get("spark.master"));
    MemoryPlan plan =
        new MemoryPlan(decoder, length.tokens(), memory, SparkVerb.waveBytes(conf, memory))
            .summing(choice());
    PrintWriter out = out();
    print(decoder, memory, out);
    print(wanted, plan, out);
    print(decoder, plan, new Traffic(memory, conf), out);
    wanted.forEach(plan::require);
    return Failure.DONE;
  }

  private StatisticsChoice choice() {
    return singularValues.isPresent() ? StatisticsChoice.WITHOUT_DOWN_INPUT : StatisticsChoice.ALL;
  }

  private static Phase phase(String label) {
    for (Phase phase : Phase.values()) {
      if (phase.label().equals(label)) {
        return phase;
      }
    }
    throw new UserException(
        "--phases names "
            + label
            + ", which is none of calibrate, sort, evaluate, quantize and finetune");
  }

  private void print(DecoderSpec decoder, ExecutorMemory memory, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%n%s, %,d parameters in %,d blocks; %,d sequences of %,d tokens%n",
        decoder.family(),
        decoder.parameterCount(),
        decoder.blocks().size(),
        sequences,
        length.tokens());
    out.printf(
        Locale.ROOT,
        "%s has %s of heap and %s beside it, for %d %s at a time%n",
        memory.local() ? "this process" : "an executor",
        Bytes.text(memory.heap()),
        Bytes.text(memory.outside()),
        memory.tasks(),
        memory.tasks() == 1 ? "task" : "tasks");
  }

  private static void print(List<Phase> wanted, MemoryPlan plan, PrintWriter out) {
    out.printf("%n%-10s %9s %9s %9s   %s%n", "phase", "heap", "beside", "in all", "for");
    for (Phase phase : wanted) {
      PhaseMemory memory = plan.of(phase);
      out.printf(
          "%-10s %9s %9s %9s   %s%s%n",
          phase.label(),
          Bytes.text(memory.heap()),
          Bytes.text(memory.outside()),
          Bytes.text(memory.total()),
          memory.holds(),
          plan.fits(phase) ? "" : ": does not fit");
    }
  }

  /** How many tasks a calibration has, as far as settings tell. */
  private record Traffic(ExecutorMemory memory, SparkConf conf) {

    int executors() {
      return memory.local() ? 1 : conf.getInt("spark.executor.instances", 1);
    }

    int tasks(int sequences, int sequenceLength) {
      return ShardSet.tasks(sequences, sequenceLength, executors() * memory.tasks());
    }
  }

  private void print(DecoderSpec decoder, MemoryPlan plan, Traffic traffic, PrintWriter out) {
    int tasks = traffic.tasks(sequences, length.tokens());
    int waves = plan.waveCount();
    out.println();
    ShuffledBytes.byMixer(decoder, choice())
        .forEach(
            (mixer, bytes) ->
                out.printf(
                    "a task sends %s of %s %s block%n",
                    Bytes.text(bytes), mixer.matches("[aeiou].*|mlp") ? "an" : "a", mixer));
    out.printf(
        Locale.ROOT,
        "calibrate on %d %s: %s in %d %s, and %s of hidden states stored between %d %s%n",
        traffic.executors(),
        traffic.executors() == 1 ? "executor" : "executors",
        Bytes.text(ShuffledBytes.of(decoder, choice(), tasks)),
        tasks,
        tasks == 1 ? "task" : "tasks",
        Bytes.text((waves - 1L) * sequences * length.tokens() * (4L * decoder.hiddenSize() + 16)),
        waves,
        waves == 1 ? "wave" : "waves");
  }
}
