package io.gramian.spark.quantize;

import io.gramian.compress.quantize.Recoveries;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.SharedWeights;
import io.gramian.spark.wave.UserFailure;
import io.gramian.spark.wave.WeightSource;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Quantises maps: their rows in parallel tasks, then a task a map that joins and stores it.
 *
 * @param model folder that weights are read from
 * @param parts where the maps go
 * @param units counts ranges of rows
 */
record RowJob(
    JavaSparkContext spark, HadoopDirectory model, QuantisedParts parts, LongAccumulator units) {

  /** Tasks a core gets, to even out slow ones. */
  private static final int TASKS_PER_CORE = 4;

  /** What {@link #run} does with some maps, counted in its units. */
  static int units(JavaSparkContext spark, List<PackedMap> maps) {
    return ranges(spark, maps).size();
  }

  private static List<RowRange> ranges(JavaSparkContext spark, List<PackedMap> maps) {
    return RowRange.of(maps, TASKS_PER_CORE * spark.defaultParallelism());
  }

  /**
   * Runs the job.
   *
   * @param weights prepared, of these maps
   * @param recoveries of their input, if its Hessian was looked at
   * @throws io.gramian.checkpoint.UserException naming the tensor, if a weight cannot be quantised
   */
  void run(
      List<PackedMap> maps,
      WeightSource weights,
      QuantiserSource quantisers,
      Optional<Recoveries> recoveries) {
    List<RowRange> ranges = ranges(spark, maps);
    RowTask task =
        new RowTask(spark.broadcast(new SharedWeights(model, weights)), quantisers, units);
    JavaRDD<String> stored =
        spark
            .parallelize(ranges, ranges.size())
            .mapToPair(task)
            .groupByKey(maps.size())
            .map(JoinTask.of(parts, maps, recoveries));
    int done = UserFailure.unwrapped(stored::collect).size();
    if (done != maps.size()) {
      throw new IllegalStateException(done + " of " + maps.size() + " maps were stored");
    }
  }
}
