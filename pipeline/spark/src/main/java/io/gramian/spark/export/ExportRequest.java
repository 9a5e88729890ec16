package io.gramian.spark.export;

import io.gramian.model.BlockWidths;
import io.gramian.model.export.Padding;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to export.
 *
 * @param artifact folder of the packed artifact
 * @param widths by block index, one for every block
 * @param how format and padding
 * @param parent folder that the export is to lie in
 * @param name of the export's own folder
 */
public record ExportRequest(
    HadoopDirectory artifact,
    Map<Integer, BlockWidths> widths,
    Manner how,
    HadoopDirectory parent,
    String name) {

  public ExportRequest {
    widths = new TreeMap<>(widths);
  }

  /**
   * How.
   *
   * @param padding what to do about widths that the format cannot say
   */
  public record Manner(ExportFormat format, Padding padding) {}
}
