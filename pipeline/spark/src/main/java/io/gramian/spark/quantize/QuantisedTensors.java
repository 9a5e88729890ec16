package io.gramian.spark.quantize;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.quantize.StoredRows;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedVector;
import io.gramian.spark.packed.PackedTensors;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The tensors of an artifact before there is one: quantised maps from their files, all else
 * prepared from the checkpoint.
 */
record QuantisedTensors(PackedDecoder decoder, Preparation preparation, QuantisedParts parts)
    implements PackedTensors {

  private static final long serialVersionUID = 1L;

  @Override
  public PackedBlock block(Checkpoint checkpoint, int blockIndex) throws IOException {
    NativeRuntime.load();
    PackedLayout layout = decoder.blocks().get(blockIndex);
    Map<String, PackedMatrix> matrices = new HashMap<>();
    for (PackedMap map : layout.maps()) {
      matrices.put(map.map().weight(), parts.read(map));
    }
    try (Weights rest =
        preparation
            .of(layout.block(), layout.vectors().stream().map(PackedVector::tensor).toList())
            .read(checkpoint)) {
      return PackedBlock.of(layout, matrices, StoredRows.vectors(layout, rest));
    }
  }

  @Override
  public PackedMatrix table(Checkpoint checkpoint, PackedMap table) throws IOException {
    return parts.read(table);
  }

  @Override
  public float[] finalNorm(Checkpoint checkpoint, PackedVector norm) {
    return new UnitNorm(decoder.spec().finalNorm()).weight();
  }
}
