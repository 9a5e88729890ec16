package io.gramian.spark.run;

import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.plan.MemoryPlan;
import io.gramian.spark.plan.Phase;
import io.gramian.spark.session.ExecutorMemory;
import io.gramian.spark.session.Permits;
import io.gramian.spark.wave.WaveLimits;
import java.util.Arrays;
import org.apache.spark.api.java.JavaSparkContext;

/** What the phases of a pipeline may take, and whether they can do with it. */
final class MemoryBudget {

  /** Of sequences up to which micro-shards are of one size. */
  private static final int USUAL_LENGTH = 2048;

  private final JavaSparkContext spark;
  private final DecoderSpec spec;
  private final PipelineSettings settings;
  private final Run run;
  private final StatisticsChoice choice;

  /** For phases that need all statistics. */
  MemoryBudget(JavaSparkContext spark, DecoderSpec spec, PipelineSettings settings, Run run) {
    this(spark, new Work(spec, StatisticsChoice.ALL), settings, run);
  }

  private MemoryBudget(JavaSparkContext spark, Work work, PipelineSettings settings, Run run) {
    this.spark = spark;
    this.spec = work.spec();
    this.choice = work.choice();
    this.settings = settings;
    this.run = run;
  }

  private record Work(DecoderSpec spec, StatisticsChoice choice) {}

  /** For phases that need those statistics. */
  MemoryBudget summing(StatisticsChoice other) {
    return new MemoryBudget(spark, new Work(spec, other), settings, run);
  }

  private MemoryPlan plan(int sequenceLength) {
    return new MemoryPlan(spec, sequenceLength, ExecutorMemory.of(spark), settings.waveBytes())
        .summing(choice);
  }

  /**
   * Checks those of the phases that the run has not done, on sequences of at most that many tokens.
   *
   * @throws io.gramian.checkpoint.UserException naming the first that cannot fit
   */
  void require(int sequenceLength, Phase... phases) {
    if (settings.memory() == MemoryCheck.PLANNED) {
      MemoryPlan plan = plan(sequenceLength);
      Arrays.stream(phases).filter(phase -> !run.isDone(phase.label())).forEach(plan::require);
    }
  }

  /** What a wave may take. */
  WaveLimits waves() {
    return settings.memory() == MemoryCheck.PLANNED
        ? plan(USUAL_LENGTH).waves()
        : WaveLimits.ofWeights(settings.waveBytes());
  }

  /** How many blocks an executor may rank at a time. */
  Permits rankings() {
    return settings.memory() == MemoryCheck.PLANNED
        ? new Permits(plan(USUAL_LENGTH).decisions())
        : Permits.UNLIMITED;
  }
}
