package io.gramian.spark.run;

import io.gramian.model.allocation.Allocation;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.allocate.Allocate;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;

/** Allocation as a phase of a run: the widths of every block, all ratios of them or none. */
final class AllocatePhase {

  private static final String PARTIAL = Allocate.RATIOS + ".partial";

  private final PhaseTools tools;
  private final RunStages stages;
  private final PhaseInputs inputs;

  /** For the run that {@code stages} are of. */
  AllocatePhase(PhaseTools tools, RunStages stages, PhaseInputs inputs) {
    this.tools = tools;
    this.stages = stages;
    this.inputs = inputs;
  }

  /**
   * Allocates from the run's statistics, unless the run proves it done.
   *
   * @return an allocation a ratio, in order
   */
  List<Allocation> run(AllocateRequest request) throws IOException {
    stages
        .run()
        .phase(
            inputs.allocate(request),
            () -> {
              write(request);
              return List.of(Allocate.RATIOS);
            });
    return Allocate.read(stages.folder(Allocate.RATIOS), request.keepRatios());
  }

  private void write(AllocateRequest request) throws IOException {
    HadoopDirectory output = stages.run().directory();
    output.delete(PARTIAL);
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(stages.model());
        JobPhase phase = JobPhase.begin(tools.spark(), Allocate.PHASE, "ratios")) {
      HadoopDirectory statistics = output.resolve(Calibrate.STATISTICS);
      Allocate.run(request, checkpoint.spec(), statistics, output.resolve(PARTIAL));
      output.delete(Allocate.RATIOS);
      output.rename(PARTIAL, Allocate.RATIOS);
    } finally {
      output.delete(PARTIAL);
    }
  }
}
