package io.gramian.spark.quantize;

import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.packed.PackedMap;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Quantises some rows of a map; the key is the map's weight.
 *
 * @param reader of the maps' rows
 * @param units counts ranges
 */
record RowTask(RowSource.Reader reader, QuantiserSource quantisers, LongAccumulator units)
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
    PackedMap map = range.map();
    float[] rows = reader.read(range);
    PackedMatrix quantised = quantisers.of(map).quantise(map.map().weight(), rows);
    units.add(1);
    return new Tuple2<>(map.map().weight(), new Piece(range.from(), quantised));
  }
}
