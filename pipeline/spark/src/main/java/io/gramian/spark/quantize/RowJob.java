package io.gramian.spark.quantize;

import io.gramian.compress.quantize.Recoveries;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.UserFailure;
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
 * @param tasks about how many ranges of rows there are; changes no byte
 * @param units counts ranges of rows
 */
record RowJob(
    JavaSparkContext spark,
    HadoopDirectory model,
    QuantisedParts parts,
    int tasks,
    LongAccumulator units) {

  /**
   * Runs the job.
   *
   * @param rows of these maps, prepared
   * @param recoveries of their input, if its Hessian was looked at
   * @throws io.gramian.checkpoint.UserException naming the tensor, if a weight cannot be quantised
   */
  void run(
      List<PackedMap> maps,
      RowSource rows,
      QuantiserSource quantisers,
      Optional<Recoveries> recoveries) {
    List<RowRange> ranges = RowRange.of(maps, tasks);
    RowTask task = new RowTask(rows.reader(spark, model), quantisers, units);
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
