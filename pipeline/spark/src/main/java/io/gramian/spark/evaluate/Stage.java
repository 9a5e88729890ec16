package io.gramian.spark.evaluate;

import io.gramian.compress.width.BlockTransform;
import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.KeepRatio;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.storage.HadoopDirectory;

/**
 * A checkpoint at a width.
 *
 * @param name in tables: {@code model}, {@code sorted} or {@code finetuned}
 * @param folder of the checkpoint
 * @param keepRatio asked for
 * @param widths of every block; executors cut blocks as they read them, nothing is written
 */
public record Stage(
    String name, HadoopDirectory folder, KeepRatio keepRatio, RunWidths.Chosen widths) {

  /** A checkpoint as it is. */
  public static Stage whole(String name, HadoopDirectory folder) {
    return new Stage(name, folder, KeepRatio.FULL, RunWidths.Chosen.WHOLE);
  }

  BlockTransform transform() {
    return widths.widths().isEmpty() ? BlockTransform.IDENTITY : new SlicedBlock(widths.widths());
  }
}
