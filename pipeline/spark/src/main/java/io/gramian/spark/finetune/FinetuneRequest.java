package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.finetune.Precision;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * What to train.
 *
 * @param settings of the training
 * @param checks when to score held-out text and when to save
 * @param workers that train at the same time, if not as many as Spark can run
 * @param steps to which widths are rounded where the run has no allocation
 */
public record FinetuneRequest(
    FinetuneSettings settings, CheckPlan checks, OptionalInt workers, Granularity steps) {

  /** All keep ratios that are trained or checked. */
  public List<KeepRatio> ratios() {
    TreeSet<KeepRatio> ratios = new TreeSet<>(settings.plan().ratios());
    ratios.addAll(checks.ratios());
    return List.copyOf(ratios);
  }

  /**
   * How many workers there will be.
   *
   * @throws UserException if Spark cannot run as many, or they cannot share a batch out equally
   */
  public int workersOn(JavaSparkContext spark) {
    return Workers.choose(workers, settings.plan().batch(), TaskSlots.of(spark, workers));
  }

  /**
   * The same with a precision that all workers share: what it stands for on their machines, and
   * {@link Precision#FLOAT32} if these differ. Runs a small job if it is {@link Precision#AUTO}.
   */
  public FinetuneRequest resolved(JavaSparkContext spark, int count) {
    Precision wanted = settings.precision();
    if (wanted != Precision.AUTO) {
      return this;
    }
    List<Precision> found =
        spark
            .parallelize(new ArrayList<>(Collections.nCopies(count, wanted)), count)
            .map(Precision::resolved)
            .distinct()
            .collect();
    Precision shared = found.size() == 1 ? found.get(0) : Precision.FLOAT32;
    return new FinetuneRequest(settings.withPrecision(shared), checks, workers, steps);
  }
}
