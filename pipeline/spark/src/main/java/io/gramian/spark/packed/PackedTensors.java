package io.gramian.spark.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedVector;
import java.io.IOException;
import java.io.Serializable;

/** Where tasks take the packed tensors of a decoder from. */
public interface PackedTensors extends Serializable {

  /**
   * All of a block.
   *
   * @param checkpoint what the tensors are made from
   */
  PackedBlock block(Checkpoint checkpoint, int blockIndex) throws IOException;

  /** The embedding or the head. */
  PackedMatrix table(Checkpoint checkpoint, PackedMap table) throws IOException;

  /** The final norm. */
  float[] finalNorm(Checkpoint checkpoint, PackedVector norm) throws IOException;
}
