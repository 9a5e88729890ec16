package io.gramian.spark.sort;

import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.Ranking;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.DecoderSpec;
import io.gramian.spark.session.Permits;
import io.gramian.spark.storage.HadoopDirectory;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/** The decisions about every block of a model, one task a block. */
public final class Decisions {

  private final HadoopDirectory model;
  private final HadoopDirectory statistics;
  private final Permits permits;

  /**
   * Prepares decisions.
   *
   * @param model folder of the checkpoint
   * @param statistics folder that {@code calibrate} wrote from it
   */
  public Decisions(HadoopDirectory model, HadoopDirectory statistics) {
    this(model, statistics, Permits.UNLIMITED);
  }

  /**
   * Prepares decisions of which not all tasks of an executor may make one at a time.
   *
   * @param permits how many may
   */
  public Decisions(HadoopDirectory model, HadoopDirectory statistics, Permits permits) {
    this.model = model;
    this.statistics = statistics;
    this.permits = permits;
  }

  /** The job that decides by statistics alone. */
  public JavaRDD<BlockDecision> of(
      JavaSparkContext spark, DecoderSpec spec, SortCriteria criteria, LongAccumulator units) {
    return of(spark, spec, Ranking.by(criteria), units);
  }

  /** The job that decides, not yet run; {@code units} counts blocks. */
  public JavaRDD<BlockDecision> of(
      JavaSparkContext spark, DecoderSpec spec, Ranking ranking, LongAccumulator units) {
    DecideTask.Shared shared =
        new DecideTask.Shared(spark.broadcast(ranking), spark.broadcast(permits));
    return spark
        .parallelize(spec.blocks(), spec.blocks().size())
        .map(new DecideTask(model, statistics, shared, units));
  }
}
