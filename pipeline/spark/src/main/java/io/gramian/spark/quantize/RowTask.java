package io.gramian.spark.quantize;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.quantize.StoredRows;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.wave.SharedWeights;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Quantises some rows of a map; the key is the map's weight.
 *
 * @param weights prepared, of the maps
 * @param units counts ranges
 */
record RowTask(Broadcast<SharedWeights> weights, QuantiserSource quantisers, LongAccumulator units)
    implements PairFunction<RowRange, String, RowTask.Piece> {

  private static final long serialVersionUID = 1L;

  /**
   * What came of them.
   *
   * @param from the first row
   */
  record Piece(int from, PackedMatrix rows) implements Serializable {

    private static final long serialVersionUID = 1L;
  }

  @Override
  public Tuple2<String, Piece> call(RowRange range) throws IOException {
    Weights loaded = weights.value().acquire();
    PackedMap map = range.map();
    float[] rows = StoredRows.of(map, loaded, range.from(), range.to());
    PackedMatrix quantised = quantisers.of(map).quantise(map.map().weight(), rows);
    units.add(1);
    return new Tuple2<>(map.map().weight(), new Piece(range.from(), quantised));
  }
}
