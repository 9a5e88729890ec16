package io.gramian.spark.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.wave.InputPass;
import io.gramian.spark.wave.WeightSource;
import java.util.List;

/**
 * Maps that read one input, and are quantised together.
 *
 * @param input what they read
 * @param maps at least one
 * @param rows of them, prepared
 * @param pass shows the input
 * @param passWeights what the pass needs: all before the input as quantised
 */
record Projection(
    ProjectionInput input,
    List<PackedMap> maps,
    RowSource rows,
    InputPass pass,
    WeightSource passWeights) {

  Projection {
    maps = List.copyOf(maps);
  }

  boolean isDone(QuantisedParts parts) {
    return parts.has(maps);
  }
}
