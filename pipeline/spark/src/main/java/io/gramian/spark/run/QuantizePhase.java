package io.gramian.spark.run;

import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.quantize.Quantize;
import io.gramian.spark.quantize.QuantizeRequest;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Quantisation as a phase of a run: which stage, which widths, and the books. */
final class QuantizePhase {

  private final PhaseTools tools;
  private final RunStages stages;
  private final PhaseInputs inputs;

  /** For the run that {@code stages} are of. */
  QuantizePhase(PhaseTools tools, RunStages stages, PhaseInputs inputs) {
    this.tools = tools;
    this.stages = stages;
    this.inputs = inputs;
  }

  /**
   * Quantises, unless the run proves it done.
   *
   * @param stage {@code sorted} or {@code finetuned}
   * @param shards of the run's calibration set
   * @return the artifact
   */
  HadoopDirectory run(String stage, QuantizeSettings settings, ShardSet shards) throws IOException {
    Run run = stages.run();
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths = widths(stage, settings);
    Ingredients ingredients = inputs.quantize(stage, settings, widths);
    QuantizeRequest request =
        new QuantizeRequest(run.directory(), stage, settings, widths, ingredients.fingerprint());
    run.phase(
        ingredients,
        () -> {
          new Quantize(tools.spark(), tools.progress()).run(request, shards);
          return List.of(Quantize.QUANTIZED);
        });
    Quantize.forgetParts(run.directory());
    return stages.folder(Quantize.QUANTIZED);
  }

  /** Of every ratio that the run has an allocation for; also a check that they fit the model. */
  private SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths(
      String stage, QuantizeSettings settings) throws IOException {
    try (ModelCheckpoint model = ModelCheckpoint.open(stages.folder(stage))) {
      DecoderSpec spec = model.spec();
      return new RunWidths(stages.run().directory(), settings.profile().granularity())
          .allocated(spec);
    }
  }
}
