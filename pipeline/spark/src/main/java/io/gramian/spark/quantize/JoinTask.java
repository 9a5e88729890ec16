package io.gramian.spark.quantize;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.quantize.Recoveries;
import io.gramian.model.packed.PackedMap;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import scala.Tuple2;

/**
 * Joins the rows of a map, stores it, and returns its weight.
 *
 * @param maps by weight
 * @param recoveries of the input; null where no Hessian was looked at
 */
record JoinTask(QuantisedParts parts, Map<String, PackedMap> maps, Recoveries recoveries)
    implements Function<Tuple2<String, Iterable<RowTask.Piece>>, String> {

  private static final long serialVersionUID = 1L;

  static JoinTask of(QuantisedParts parts, List<PackedMap> maps, Optional<Recoveries> recoveries) {
    Map<String, PackedMap> byWeight = new HashMap<>();
    maps.forEach(map -> byWeight.put(map.map().weight(), map));
    return new JoinTask(parts, byWeight, recoveries.orElse(null));
  }

  @Override
  public String call(Tuple2<String, Iterable<RowTask.Piece>> pieces) throws IOException {
    List<PackedMatrix> inOrder =
        StreamSupport.stream(pieces._2().spliterator(), false)
            .sorted(Comparator.comparingInt(RowTask.Piece::from))
            .map(RowTask.Piece::rows)
            .toList();
    parts.write(
        maps.get(pieces._1()),
        PackedMatrix.joined(inOrder),
        Optional.ofNullable(recoveries),
        Long.toString(TaskContext.get().taskAttemptId()));
    return pieces._1();
  }
}
