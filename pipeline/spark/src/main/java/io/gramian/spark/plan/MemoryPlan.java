package io.gramian.spark.plan;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.hidden.MicroShard;
import io.gramian.spark.session.ExecutorMemory;
import io.gramian.spark.wave.WaveLimits;
import java.util.Locale;

/**
 * Memory that each phase takes in an executor, from the shapes of a decoder: what is in {@link
 * Phase}, and what a JVM with Spark and libtorch takes besides.
 *
 * <p>Work is dealt out so that it fits what there is: waves of fewer layers, fewer decisions at a
 * time. What does not fit even so is refused.
 */
public final class MemoryPlan {

  /** What Spark and Gramian have on the heap when nothing runs. */
  private static final long BASE_HEAP = 350L << 20;

  /** What a JVM with libtorch takes beside heap and tensors. */
  private static final long BASE_OUTSIDE = 450L << 20;

  /** Heap against what lives on it: regions that arrays do not fill, and room to collect. */
  private static final double HEAP_ROOM = 1.25;

  /** What the launcher lets a local run have of its machine. */
  private static final double USED_OF_MACHINE = 0.8;

  private final Shapes shapes;
  private final ExecutorMemory memory;
  private final long mostWeights;

  /**
   * Plans for a decoder on executors.
   *
   * @param sequenceLength tokens of the longest sequence that it is to run on
   * @param mostWeights bytes of weights, F32, that a wave is to have at most
   */
  public MemoryPlan(DecoderSpec spec, int sequenceLength, ExecutorMemory memory, long mostWeights) {
    this(
        new Shapes(
            spec,
            (long) MicroShard.sequencesPerShard(sequenceLength) * sequenceLength,
            StatisticsChoice.ALL),
        memory,
        mostWeights);
  }

  private MemoryPlan(Shapes shapes, ExecutorMemory memory, long mostWeights) {
    this.shapes = shapes;
    this.memory = memory;
    this.mostWeights = mostWeights;
  }

  /** The same where only those statistics are summed, and the others not ranked by. */
  public MemoryPlan summing(StatisticsChoice choice) {
    Shapes other = new Shapes(shapes.spec(), shapes.shardTokens(), choice);
    return new MemoryPlan(other, memory, mostWeights);
  }

  /** Limits under which a wave fits, if a layer does. */
  public WaveLimits waves() {
    long tensors = memory.outside() - BASE_OUTSIDE - memory.tasks() * shapes.pass();
    long sums = (long) ((memory.heap() - BASE_HEAP) / HEAP_ROOM) / memory.tasks();
    // A model that is one wave is looked up, walked through and scored in one job.
    long weights = tensors - 2 * shapes.table();
    return new WaveLimits(Math.max(0, Math.min(mostWeights, weights)), Math.max(0, sums));
  }

  /** How many blocks may be ranked at a time. */
  public int decisions() {
    return decisions(memory.tasks());
  }

  private int decisions(int tasks) {
    long fitting = (memory.outside() - BASE_OUTSIDE) / Math.max(1, shapes.decision());
    return (int) Math.max(1, Math.min(tasks, fitting));
  }

  /** What a phase will take, dealt out as it will be. */
  public PhaseMemory of(Phase phase) {
    return of(phase, memory.tasks(), decisions(), waves());
  }

  private PhaseMemory of(Phase phase, int tasks, int decisions, WaveLimits limits) {
    Phase.Live live = phase.live(shapes, new Phase.Crew(tasks, decisions, limits));
    return new PhaseMemory(
        phase,
        live.holds(),
        BASE_HEAP + (long) (HEAP_ROOM * live.heap()),
        BASE_OUTSIDE + live.tensors());
  }

  /** What it takes at least: a layer at a time, and a decision. */
  private PhaseMemory least(Phase phase, int tasks) {
    return of(phase, tasks, 1, WaveLimits.ofWeights(0));
  }

  /** Whether a phase fits. */
  public boolean fits(Phase phase) {
    return least(phase, memory.tasks()).fits(memory);
  }

  /**
   * Checks that a phase fits.
   *
   * @throws UserException with what it takes, what there is, and what would do
   */
  public void require(Phase phase) {
    if (!fits(phase)) {
      throw new UserException(shortage(phase));
    }
  }

  /** The waves of a calibration. */
  public int waveCount() {
    return shapes.waves(waves()).size();
  }

  /** What a phase lacks, and what would do, in one line. */
  public String shortage(Phase phase) {
    PhaseMemory least = least(phase, memory.tasks());
    return String.format(
        Locale.ROOT,
        "%s takes %s of heap and %s beside it in %s with %s at a time, which has %s and %s: %s%s",
        phase.label(),
        Bytes.text(least.heap()),
        Bytes.text(least.outside()),
        memory.local() ? "this process" : "an executor",
        memory.tasks() == 1 ? "1 task" : memory.tasks() + " tasks",
        Bytes.text(memory.heap()),
        Bytes.text(memory.outside()),
        more(least),
        fewerTasks(phase) + fewerStatistics(phase));
  }

  private String fewerStatistics(Phase phase) {
    boolean would =
        (phase == Phase.CALIBRATE || phase == Phase.SORT)
            && summing(StatisticsChoice.WITHOUT_DOWN_INPUT).fits(phase);
    return would ? ", or --mlp ridge-leverage --mlp-singular-values 256" : "";
  }

  private String more(PhaseMemory least) {
    if (memory.local()) {
      return String.format(
          Locale.ROOT,
          "set spark.driver.memory=%dg on a machine of %d GiB",
          Bytes.wholeGigabytes(Math.max(least.heap(), memory.heap())),
          Bytes.wholeGigabytes((long) (least.total() / USED_OF_MACHINE)));
    }
    return String.format(
        Locale.ROOT,
        "set spark.executor.memory=%dg and spark.executor.memoryOverhead=%dg",
        Bytes.wholeGigabytes(Math.max(least.heap(), memory.heap())),
        Bytes.wholeGigabytes(Math.max(least.outside(), memory.outside())));
  }

  private String fewerTasks(Phase phase) {
    for (int tasks = memory.tasks() - 1; tasks > 0; tasks--) {
      if (least(phase, tasks).fits(memory)) {
        return memory.local()
            ? ", or --master local[" + tasks + "]"
            : ", or spark.executor.cores=" + tasks;
      }
    }
    return "";
  }
}
