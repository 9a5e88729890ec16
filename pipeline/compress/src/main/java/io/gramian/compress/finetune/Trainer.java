package io.gramian.compress.finetune;

import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains the adapters of one model in one process, on the thread that calls.
 *
 * <p>A step is any number of {@link #accumulate} calls, then, where there are several workers, a
 * reduction of {@link #sums} among them, then {@link #update}. All workers hold the same adapters
 * and make the same update.
 */
public final class Trainer implements AutoCloseable {

  /**
   * Begins with new adapters.
   *
   * @param spec the whole sorted model
   * @param whole all of its tensors, F32; taken over
   * @param widths by keep ratio and block index, for every ratio of the plan; {@link
   *     KeepRatio#FULL} may be missing and then keeps everything
   * @param settings the precision may be {@link Precision#AUTO}
   */
  public Trainer(
      DecoderSpec spec,
      Weights whole,
      Map<KeepRatio, Map<Integer, BlockWidths>> widths,
      FinetuneSettings settings) {
    NotYet.built(spec.hiddenSize() + whole.bytes() + widths.size() + settings.plan().seed());
  }

  /** Number of trained parameters. */
  public long parameters() {
    return NotYet.built(0L);
  }

  /** Native bytes held between calls: weights, slices, adapters, moments and sums. */
  public long bytes() {
    return NotYet.built(0L);
  }

  /**
   * Adds gradients and losses of some of the step's sequences, at the width of that step.
   *
   * @param step from 0; decides the width and the dropout
   * @throws io.gramian.checkpoint.UserException if the loss is not finite
   */
  public void accumulate(TrainingBatch batch, long step) {
    NotYet.built(batch.size() + step);
  }

  /**
   * The sums so far, flat, F32 {@code [parameters + 2]}: gradients of the summed loss, the summed
   * loss in nats, predicted tokens. The live buffer, owned by the trainer: add other workers' sums
   * in place.
   */
  public Tensor sums() {
    return NotYet.built(new Tensor());
  }

  /**
   * Divides the sums by the tokens, clips, updates the adapters and sets the sums to zero.
   *
   * @throws io.gramian.checkpoint.UserException if the loss or the gradient is not finite, or no
   *     token was predicted
   */
  public StepResult update(long step) {
    return NotYet.built(new StepResult(step, KeepRatio.FULL, 0, 0, 0, 0));
  }

  /**
   * Scores held-out text at a width with the current adapters, without dropout, in the precision of
   * the training.
   *
   * @throws IllegalArgumentException if there are no widths for {@code ratio}
   */
  public NextTokenScore score(TrainingBatch batch, KeepRatio ratio) {
    return NotYet.built(new NextTokenScore());
  }

  /**
   * A copy of adapters and moments.
   *
   * @throws IllegalStateException within a step: after {@link #accumulate}, before {@link #update}
   */
  public TrainerState state() {
    return NotYet.built(TrainerState.of(0, java.util.List.of(), Map.of()));
  }

  /**
   * Goes on from a state of a trainer of the same model and {@link LoraShape#rank}, bit for bit.
   *
   * @throws io.gramian.checkpoint.UserException if it is another model's
   */
  public void restore(TrainerState state) {
    NotYet.built(state);
  }

  @Override
  public void close() {}
}
