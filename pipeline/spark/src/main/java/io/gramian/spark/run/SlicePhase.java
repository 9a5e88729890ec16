package io.gramian.spark.run;

import io.gramian.model.KeepRatio;
import io.gramian.spark.quantize.Quantize;
import io.gramian.spark.slice.PackedSlice;
import io.gramian.spark.slice.Slice;
import io.gramian.spark.slice.SliceRequest;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Cutting a stage of a run to widths, each a phase of it. */
final class SlicePhase {

  private final PhaseTools tools;
  private final RunStages stages;
  private final PhaseInputs inputs;

  /** For the run that {@code stages} are of. */
  SlicePhase(PhaseTools tools, RunStages stages, PhaseInputs inputs) {
    this.tools = tools;
    this.stages = stages;
    this.inputs = inputs;
  }

  /** The folders of the slices, one a ratio. */
  List<HadoopDirectory> run(String stage, WidthRequest widths) throws IOException {
    List<HadoopDirectory> folders = new ArrayList<>();
    for (KeepRatio ratio : widths.keepRatios()) {
      SliceRequest request = stages.slice(stage, ratio, widths);
      stages
          .run()
          .phase(
              inputs.slice(request, stage),
              () -> {
                cut(stage, request);
                return List.of(Slice.SLICED + "/" + request.name());
              });
      folders.add(request.parent().resolve(request.name()));
    }
    return folders;
  }

  private void cut(String stage, SliceRequest request) throws IOException {
    if (stage.equals(Quantize.QUANTIZED)) {
      new PackedSlice(tools.spark(), tools.progress()).run(request);
    } else {
      new Slice(tools.spark(), tools.progress()).run(request);
    }
  }
}
