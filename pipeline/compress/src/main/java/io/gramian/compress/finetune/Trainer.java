package io.gramian.compress.finetune;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains the adapters of one model in one process, on the thread that calls.
 *
 * <p>A step is any number of {@link #accumulate} calls, then, where there are several workers, a
 * reduction of {@link #sums} among them, then {@link #update}. All workers hold the same adapters
 * and make the same update.
 *
 * <p>Memory: the whole model ({@link FrozenModel}), a copy of what stays of its blocks at the width
 * in use, 16 bytes an adapter parameter, and for the tokens that pass at once ({@link MicroBatch})
 * the inputs of all blocks, one block's graph, and graphs of others up to some 256 MB ({@link
 * GradientPass}).
 */
public final class Trainer implements AutoCloseable {

  private static final String SUMS = "sums";

  private final FinetuneSettings settings;
  private final FrozenModel model;
  private final WidthCache slices;
  private final FlatAdapters adapters;
  private final AdamW optimiser;
  private final LossGradient pass;
  private final WidthSchedule schedule;
  private final Weights buffers;
  private final long parameters;
  private long updates;

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
    this.settings = settings;
    AdapterLayout layout = AdapterLayout.of(spec, settings.lora().rank());
    parameters = layout.parameters();
    model = new FrozenModel(spec, whole, settings.precision());
    slices = new WidthCache(model, layout, widths);
    settings.plan().ratios().forEach(slices::requireKnown);
    adapters = FlatAdapters.fresh(layout, settings.plan().seed());
    optimiser = new AdamW(settings.optimiser().weightDecay());
    pass = new LossGradient(model, Dropout.of(settings), settings.lora().scale());
    schedule = settings.plan().widths();
    buffers = Scopes.compute(() -> Weights.of(Map.of(SUMS, Tensors.zerosFloat(parameters + 2))));
  }

  /** Number of trained parameters. */
  public long parameters() {
    return parameters;
  }

  /** Native bytes held between calls: weights, slices, adapters, moments and sums. */
  public long bytes() {
    return model.bytes() + slices.bytes() + adapters.bytes() + buffers.bytes();
  }

  /**
   * Adds gradients and losses of some of the step's sequences, at the width of that step.
   *
   * @param step from 0; decides the width and the dropout
   */
  public void accumulate(TrainingBatch batch, long step) {
    WidthSlice slice = slices.get(schedule.at(step));
    Scopes.compute(
        () -> {
          Tensor gradients = sums().narrow(0, 0, parameters);
          add(parameters, pass.add(slice, batch, step, adapters.values(), gradients));
          add(parameters + 1, (double) batch.predictions());
          return null;
        });
  }

  private void add(long index, double value) {
    sums().narrow(0, index, 1).add_(new Scalar(value));
  }

  /**
   * The sums so far, flat, F32 {@code [parameters + 2]}: gradients of the summed loss, the summed
   * loss in nats, predicted tokens. The live buffer, owned by the trainer: add other workers' sums
   * in place.
   */
  public Tensor sums() {
    return buffers.get(SUMS);
  }

  /**
   * Divides the sums by the tokens, clips, updates the adapters and sets the sums to zero.
   *
   * @throws UserException if the loss or the gradient is not finite, or no token was predicted
   */
  public StepResult update(long step) {
    return Scopes.compute(
        () -> {
          double[] last = Tensors.doubles(sums().narrow(0, parameters, 2));
          if (last[1] == 0) {
            throw new UserException(
                "step " + step + " has no token to predict: its sequences are shorter than 2");
          }
          Tensor gradient = sums().narrow(0, 0, parameters).div_(new Scalar(last[1]));
          StepResult result = result(step, last, Tensors.toDouble(gradient).norm().item_double());
          double shortened = Math.min(1, settings.optimiser().clip() / result.gradientNorm());
          gradient.mul_(new Scalar(shortened));
          updates++;
          optimiser.update(adapters, gradient, result.learningRate(), (double) updates);
          sums().zero_();
          return result;
        });
  }

  private StepResult result(long step, double[] last, double norm) {
    double loss = last[0] / last[1];
    if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "step %d: the loss is %s and the norm of its gradient %s: lower --learning-rate (now"
                  + " %s)",
              step,
              loss,
              norm,
              settings.optimiser().learningRate()));
    }
    double rate = settings.optimiser().rateAt(step, settings.plan().steps());
    return new StepResult(step, schedule.at(step), loss, norm, rate, (long) last[1]);
  }

  /**
   * Scores held-out text at a width with the current adapters, without dropout, in the precision of
   * the training.
   *
   * @throws IllegalArgumentException if there are no widths for {@code ratio}
   */
  public NextTokenScore score(TrainingBatch batch, KeepRatio ratio) {
    return pass.score(slices.get(ratio), batch, adapters.values());
  }

  /**
   * A copy of adapters and moments.
   *
   * @throws IllegalStateException within a step: after {@link #accumulate}, before {@link #update}
   */
  public TrainerState state() {
    requireBetweenSteps();
    return adapters.state(updates);
  }

  /**
   * Goes on from a state of a trainer of the same model and {@link LoraShape#rank}, bit for bit.
   *
   * @throws UserException if it is another model's
   * @throws IllegalStateException within a step
   */
  public void restore(TrainerState state) {
    requireBetweenSteps();
    adapters.restore(state);
    updates = state.updates();
  }

  private void requireBetweenSteps() {
    double tokens = Scopes.compute(() -> sums().narrow(0, parameters + 1, 1).item_double());
    if (tokens != 0) {
      throw new IllegalStateException("within a step: " + tokens + " tokens wait for an update");
    }
  }

  @Override
  public void close() {
    slices.close();
    model.close();
    adapters.close();
    buffers.close();
  }
}
