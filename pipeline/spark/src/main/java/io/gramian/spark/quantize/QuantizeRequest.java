package io.gramian.spark.quantize;

import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What to quantise.
 *
 * @param run folder of the run
 * @param stage folder in it that holds the sorted or fine-tuned checkpoint
 * @param settings how
 * @param widths of every block by keep ratio, to be noted in the artifact
 * @param fingerprint of all that determines the result: an attempt that did not end is gone on from
 *     if it is the same
 */
public record QuantizeRequest(
    HadoopDirectory run,
    String stage,
    QuantizeSettings settings,
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths,
    String fingerprint) {

  public QuantizeRequest {
    widths = Collections.unmodifiableSortedMap(new TreeMap<>(widths));
  }

  /** Folder of the checkpoint. */
  HadoopDirectory source() {
    return run.resolve(stage);
  }
}
