package io.gramian.spark.run;

import io.gramian.model.KeepRatio;
import io.gramian.spark.export.Export;
import io.gramian.spark.export.ExportRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writing a run's artifact in another format, each width a phase of the run. */
final class ExportPhase {

  private final RunStages stages;
  private final PhaseInputs inputs;

  /** For the run that {@code stages} are of. */
  ExportPhase(RunStages stages, PhaseInputs inputs) {
    this.stages = stages;
    this.inputs = inputs;
  }

  /** All widths are checked before the first is written. */
  List<Export.Result> run(ExportRequest.Manner how, WidthRequest widths) throws IOException {
    List<ExportRequest> requests = new ArrayList<>();
    for (KeepRatio ratio : widths.keepRatios()) {
      ExportRequest request = stages.export(how, ratio, widths);
      new Export(request).validate();
      requests.add(request);
    }
    List<Export.Result> results = new ArrayList<>();
    for (ExportRequest request : requests) {
      Export export = new Export(request);
      stages
          .run()
          .phase(
              inputs.export(request),
              () -> {
                export.run();
                return List.of(Export.EXPORTED + "/" + request.name());
              });
      results.add(export.result());
    }
    return results;
  }
}
