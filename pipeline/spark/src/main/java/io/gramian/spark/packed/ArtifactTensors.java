package io.gramian.spark.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.model.BlockWidths;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.packed.PackedVector;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * An artifact's tensors at a width: prefixes of its bytes.
 *
 * @param whole the artifact's decoder
 * @param widths by block index, one for every block; empty for all of it
 */
public record ArtifactTensors(PackedDecoder whole, Map<Integer, BlockWidths> widths)
    implements PackedTensors {

  private static final long serialVersionUID = 1L;

  public ArtifactTensors {
    widths = new TreeMap<>(widths);
  }

  /**
   * The decoder at that width.
   *
   * @throws io.gramian.checkpoint.UserException if a width keeps an odd number of columns
   */
  public PackedDecoder decoder() {
    return widths.isEmpty() ? whole : whole.at(widths);
  }

  @Override
  public PackedBlock block(Checkpoint checkpoint, int blockIndex) throws IOException {
    PackedBlock block = PackedBlock.read(whole.blocks().get(blockIndex), checkpoint);
    return widths.isEmpty() ? block : block.at(widths.get(blockIndex));
  }

  @Override
  public PackedMatrix table(Checkpoint checkpoint, PackedMap table) throws IOException {
    return new PackedReader(checkpoint).map(table);
  }

  @Override
  public float[] finalNorm(Checkpoint checkpoint, PackedVector norm) throws IOException {
    return new PackedReader(checkpoint).vector(norm);
  }
}
