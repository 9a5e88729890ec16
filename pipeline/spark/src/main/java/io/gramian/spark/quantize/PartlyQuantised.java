package io.gramian.spark.quantize;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.quantize.DequantisedBlock;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.wave.WeightSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A prepared block of which some maps are quantised already.
 *
 * @param prepared the block
 * @param done those maps, of {@code layout}
 */
record PartlyQuantised(
    PackedLayout layout, WeightSource prepared, QuantisedParts parts, List<PackedMap> done)
    implements WeightSource {

  private static final long serialVersionUID = 1L;

  @Override
  public Weights read(Checkpoint checkpoint) throws IOException {
    Map<String, PackedMatrix> matrices = new HashMap<>();
    for (PackedMap map : done) {
      matrices.put(map.map().weight(), parts.read(map));
    }
    try (Weights weights = prepared.read(checkpoint)) {
      return DequantisedBlock.partly(layout, weights, matrices);
    }
  }
}
