package io.gramian.spark.slice;

import io.gramian.model.BlockWidths;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to cut out.
 *
 * @param sorted folder of the sorted checkpoint, or of what was made from it
 * @param widths by block index, one for every block
 * @param parent folder that the slice is to lie in
 * @param name of the slice's own folder
 */
public record SliceRequest(
    HadoopDirectory sorted, Map<Integer, BlockWidths> widths, HadoopDirectory parent, String name) {

  public SliceRequest {
    widths = new TreeMap<>(widths);
  }
}
