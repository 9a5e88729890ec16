package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/**
 * What to train on.
 *
 * @param sorted folder of the sorted checkpoint
 * @param training what is learnt
 * @param heldOut what is only scored
 * @param widths by keep ratio and block index, as {@link TrainingWidths} gives them
 */
public record FinetuneInputs(
    HadoopDirectory sorted,
    CalibrationSet training,
    CalibrationSet heldOut,
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths) {

  /**
   * Checks that there is enough text.
   *
   * @param batch sequences a step
   * @throws UserException if not one batch, or nothing to score
   */
  public void requireText(int batch) {
    if (training.sequences() < batch) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the training text gives %d sequences of up to %d tokens, fewer than a batch of %d:"
                  + " give more text, a smaller --batch, or a smaller --sequence-length",
              training.sequences(),
              training.longestSequence(),
              batch));
    }
    requirePredictions("training", training);
    requirePredictions("held-out", heldOut);
  }

  private static void requirePredictions(String what, CalibrationSet set) {
    if (set.longestSequence() < 2) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the %s text has nothing to predict: none of its %d sequences has a second token",
              what,
              set.sequences()));
    }
  }
}
