package io.gramian.spark.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.quantize.Recoveries;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.packed.PackedWeights;
import io.gramian.spark.wave.PrefixWalk;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.TileReduction;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Quantises what is not quantised yet: the embedding, then block after block, then the head. With
 * GPTQ a map's Hessian is that of the activations which reach it through everything before it as
 * quantised; round to nearest needs none.
 */
final class BlockByBlock {

  private final JavaSparkContext spark;
  private final QuantizeRequest request;
  private final QuantisedTensors tensors;
  private final ShardSet shards;
  private final Projections projections;
  private final QuantiserSource byItself;
  private final int tasks;

  /**
   * Plans the work.
   *
   * @param work what Spark does it with
   * @param shards of the calibration set
   */
  BlockByBlock(Work work, QuantizeRequest request, QuantisedTensors tensors, ShardSet shards) {
    this.spark = work.spark();
    this.tasks = work.tasks();
    this.request = request;
    this.tensors = tensors;
    this.shards = shards;
    this.projections = new Projections(tensors);
    this.byItself = new QuantiserSource.ByItself(request.settings().scale());
  }

  /**
   * How Spark does it.
   *
   * @param tasks about how many there are for the rows of an input's maps; changes no byte
   */
  record Work(JavaSparkContext spark, int tasks) {}

  private QuantisedParts parts() {
    return tensors.parts();
  }

  private PackedDecoder decoder() {
    return tensors.decoder();
  }

  private boolean needsActivations() {
    return request.settings().rounding() == Rounding.GPTQ;
  }

  private List<Projection> missing() {
    return projections.all().stream().filter(projection -> !projection.isDone(parts())).toList();
  }

  /** Units of work that {@link #run} counts. */
  long units() {
    List<Projection> missing = missing();
    long rows = missing.stream().mapToLong(p -> RowRange.of(p.maps(), tasks).size()).sum();
    if (!parts().has(embedding())) {
      rows += RowRange.of(embedding(), tasks).size();
    }
    return needsActivations() && !missing.isEmpty()
        ? rows + PrefixWalk.units(shards, missing.size(), decoder().blocks().size())
        : rows;
  }

  private List<PackedMap> embedding() {
    return List.of(decoder().embedding());
  }

  /** Quantises; {@code units} counts as {@link #units} says. */
  void run(LongAccumulator units) throws IOException {
    RowJob rows = new RowJob(spark, request.source(), parts(), tasks, units);
    if (!parts().has(embedding())) {
      rows.run(embedding(), tensors.preparation().embedding(), byItself, Optional.empty());
    }
    if (!needsActivations()) {
      missing().forEach(p -> rows.run(p.maps(), p.rows(), byItself, Optional.empty()));
    } else if (!missing().isEmpty()) {
      walk(rows, units);
    }
  }

  private void walk(RowJob rows, LongAccumulator units) throws IOException {
    PackedWeights quantised = new PackedWeights(decoder(), tensors);
    PrefixWalk.Route route =
        new PrefixWalk.Route(
            request.source(), decoder().spec(), quantised.embedding(), parts().scratch());
    try (PrefixWalk walk = PrefixWalk.start(spark, route, shards, units)) {
      for (PackedLayout layout : decoder().blocks()) {
        for (Projection projection : projections.of(layout)) {
          quantise(projection, walk, rows);
        }
        walk.advance(layout.block(), quantised.blocks(List.of(layout.block())));
      }
      quantise(projections.head(), walk, rows);
    }
  }

  private void quantise(Projection projection, PrefixWalk walk, RowJob rows) throws IOException {
    if (projection.isDone(parts())) {
      return;
    }
    FactorFile factor = new FactorFile(parts().scratch(), factorName(projection.input()));
    Recoveries recoveries = factorise(projection, walk, factor);
    QuantiserSource quantisers =
        new QuantiserSource.ByFactor(spark.broadcast(factor), request.settings().scale());
    rows.run(projection.maps(), projection.rows(), quantisers, Optional.of(recoveries));
    factor.delete();
  }

  private static String factorName(ProjectionInput input) {
    return "factor-" + input.blockIndex() + "-" + input.site().label();
  }

  private Recoveries factorise(Projection projection, PrefixWalk walk, FactorFile factor) {
    FactorTask task = new FactorTask(projection.input(), shards.sequenceLength(), factor);
    return walk.inputs(
        projection.input(),
        projection.pass(),
        projection.passWeights(),
        partials -> TileReduction.ofOne(partials, tasks).mapPartitions(task).collect().get(0));
  }
}
