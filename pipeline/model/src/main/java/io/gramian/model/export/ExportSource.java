package io.gramian.model.export;

import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.HfConfig;
import io.gramian.model.BlockWidths;
import io.gramian.model.packed.PackedBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedLayout;
import io.gramian.model.packed.PackedReader;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.util.Map;

/**
 * A packed artifact at a width, with what its folder says besides.
 *
 * @param artifact open
 * @param widths by block index, one for every block
 * @param padding what to do about widths that a format cannot say
 */
public record ExportSource(
    PackedCheckpoint artifact, Map<Integer, BlockWidths> widths, Padding padding) {

  public ExportSource {
    widths = Map.copyOf(widths);
  }

  /** The same artifact at another width. */
  ExportSource at(Map<Integer, BlockWidths> others) {
    return new ExportSource(artifact, others, padding);
  }

  /** The narrow decoder. */
  public PackedDecoder decoder() {
    return artifact.decoder().at(widths);
  }

  /** Reads a block and cuts it. */
  public PackedBlock block(int index) throws IOException {
    PackedLayout layout = artifact.decoder().blocks().get(index);
    return PackedBlock.read(layout, artifact.checkpoint()).at(widths.get(index));
  }

  /** For embedding, head and final norm, which no width shortens. */
  public PackedReader reader() {
    return new PackedReader(artifact.checkpoint());
  }

  /** Where config and tokenizer are. */
  public Directory folder() {
    return artifact.checkpoint().directory();
  }

  /** {@code config.json}, which is that of the model as it came, whatever the width. */
  public HfConfig config() {
    return HfConfig.read(folder());
  }
}
