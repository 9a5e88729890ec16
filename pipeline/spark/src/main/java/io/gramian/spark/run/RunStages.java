package io.gramian.spark.run;

import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.slice.Slice;
import io.gramian.spark.slice.SliceRequest;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The stages that a run has, at the widths asked for.
 *
 * @param model folder of the checkpoint as it came
 */
record RunStages(Run run, HadoopDirectory model) {

  /**
   * The checkpoint as it came and, where the run has one, the sorted one at every width.
   *
   * @throws UserException if a narrower width is wanted of a run that has not sorted
   */
  List<Stage> at(WidthRequest widths) throws IOException {
    List<Stage> stages = new ArrayList<>(List.of(Stage.whole("model", model)));
    if (widths.isNarrow()) {
      requireSorted();
    }
    if (run.isDone(Sort.PHASE)) {
      DecoderSpec spec = spec();
      for (KeepRatio ratio : widths.keepRatios()) {
        stages.add(sorted(spec, ratio, widths));
      }
    }
    return stages;
  }

  private Stage sorted(DecoderSpec spec, KeepRatio ratio, WidthRequest widths) throws IOException {
    return ratio.equals(KeepRatio.FULL)
        ? Stage.whole(Sort.SORTED, folder())
        : new Stage(Sort.SORTED, folder(), ratio, widths(widths).of(spec, ratio));
  }

  private RunWidths widths(WidthRequest request) {
    return new RunWidths(run.directory(), request.steps());
  }

  /** What to cut for one ratio. */
  SliceRequest slice(KeepRatio ratio, WidthRequest widths) throws IOException {
    requireSorted();
    return new SliceRequest(
        folder(),
        widths(widths).of(spec(), ratio).widths(),
        run.directory().resolve(Slice.SLICED),
        RunWidths.name(ratio));
  }

  private HadoopDirectory folder() {
    return run.directory().resolve(Sort.SORTED);
  }

  private DecoderSpec spec() throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(folder())) {
      return checkpoint.spec();
    }
  }

  private void requireSorted() {
    if (!run.isDone(Sort.PHASE)) {
      throw new UserException(
          run.directory().name()
              + " holds no sorted model, and only one in order can be cut: run sort with that"
              + " --output first");
    }
  }
}
