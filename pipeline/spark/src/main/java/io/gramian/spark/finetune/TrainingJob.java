package io.gramian.spark.finetune;

import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.Serializable;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every worker has to know.
 *
 * @param sorted folder of the sorted checkpoint
 * @param spec its decoder
 * @param widths by keep ratio and block index, for all ratios below 1 that are trained or checked
 * @param settings of the training, the precision resolved
 * @param checks when to check and save
 * @param store of the checkpoints
 */
record TrainingJob(
    HadoopDirectory sorted,
    DecoderSpec spec,
    Map<KeepRatio, Map<Integer, BlockWidths>> widths,
    FinetuneSettings settings,
    CheckPlan checks,
    CheckpointStore store)
    implements Serializable {

  TrainingJob {
    widths = new TreeMap<>(widths);
  }

  /** Steps in all. */
  long steps() {
    return settings.plan().steps();
  }
}
