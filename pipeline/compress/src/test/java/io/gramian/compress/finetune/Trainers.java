package io.gramian.compress.finetune;

import io.gramian.compress.RandomModel;
import io.gramian.compress.RandomWidths;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.TensorShape;
import io.gramian.model.store.ModelCheckpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Trainers of small random models. */
final class Trainers {

  static final KeepRatio NARROW = new KeepRatio(0.65);

  /** Two widths, rank 3, a dropout that shows, no warm-up. */
  static final FinetuneSettings SETTINGS =
      new FinetuneSettings(
          new StepPlan(30, 4, List.of(NARROW, KeepRatio.FULL), 5),
          new OptimiserSettings(1e-2, 0, 1, 0),
          new LoraShape(3, 4.5, 0.3),
          Precision.FLOAT32);

  private Trainers() {}

  static Trainer of(ModelCheckpoint model, FinetuneSettings settings) {
    NativeRuntime.load();
    DecoderSpec spec = model.spec();
    Weights whole = Weights.read(model.checkpoint(), spec.tensors());
    Map<KeepRatio, Map<Integer, BlockWidths>> widths =
        Map.of(NARROW, RandomWidths.uniform(spec, NARROW.value()));
    return new Trainer(spec, whole, widths, settings);
  }

  /** Gives a trainer adapters of which none is zero, as after some steps. */
  static void scatter(Trainer trainer, Random random, float scale) {
    TrainerState fresh = trainer.state();
    Map<String, float[]> values = new HashMap<>();
    for (TensorShape shape : fresh.tensors()) {
      float[] array = fresh.array(shape).clone();
      if (shape.name().endsWith(".weight")) {
        array = RandomModel.gaussians(random, array.length);
        for (int i = 0; i < array.length; i++) {
          array[i] *= scale;
        }
      }
      values.put(shape.name(), array);
    }
    trainer.restore(TrainerState.of(0, fresh.tensors(), values));
  }

  /** The first step from {@code from} that trains at a ratio. */
  static long stepAt(KeepRatio ratio, long from) {
    long step = from;
    while (!SETTINGS.plan().widths().at(step).equals(ratio)) {
      step++;
    }
    return step;
  }
}
