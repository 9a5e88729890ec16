package io.gramian.spark.run;

import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.finetune.Finetune;
import io.gramian.spark.slice.RunWidths;
import io.gramian.spark.slice.Slice;
import io.gramian.spark.slice.SliceRequest;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The stages that a run has, at the widths asked for.
 *
 * @param model folder of the checkpoint as it came
 */
record RunStages(Run run, HadoopDirectory model) {

  /** Phases by the folder that each writes, for the stages that have every width. */
  private static final Map<String, String> PHASES =
      new TreeMap<>(Map.of(Sort.SORTED, Sort.PHASE, Finetune.FINETUNED, Finetune.PHASE));

  /** The phase that writes a stage's folder. */
  static String phaseOf(String stage) {
    return PHASES.get(stage);
  }

  /**
   * The checkpoint as it came and, where the run has them, the sorted and the fine-tuned one at
   * every width.
   *
   * @throws UserException if a narrower width is wanted of a run that has not sorted
   */
  List<Stage> at(WidthRequest widths) throws IOException {
    List<Stage> stages = new ArrayList<>(List.of(Stage.whole("model", model)));
    if (widths.isNarrow()) {
      requireSorted();
    }
    for (String stage : List.of(Sort.SORTED, Finetune.FINETUNED)) {
      if (run.isDone(phaseOf(stage))) {
        stages.addAll(at(widths, stage));
      }
    }
    return stages;
  }

  private List<Stage> at(WidthRequest widths, String stage) throws IOException {
    DecoderSpec spec = spec(stage);
    List<Stage> stages = new ArrayList<>();
    for (KeepRatio ratio : widths.keepRatios()) {
      stages.add(
          ratio.equals(KeepRatio.FULL)
              ? Stage.whole(stage, folder(stage))
              : new Stage(stage, folder(stage), ratio, widths(widths).of(spec, ratio)));
    }
    return stages;
  }

  /** What a check of the sorting compares. */
  List<Stage> originalAndSorted() {
    return List.of(Stage.whole("model", model), Stage.whole(Sort.SORTED, folder(Sort.SORTED)));
  }

  /**
   * The stage to take widths from.
   *
   * @param wanted its name; else the fine-tuned one where the run has it, and the sorted one where
   *     not
   * @throws UserException if the run does not have it
   */
  String widthStage(Optional<String> wanted) {
    requireSorted();
    String last = run.isDone(Finetune.PHASE) ? Finetune.FINETUNED : Sort.SORTED;
    String stage = wanted.orElse(last);
    if (!PHASES.containsKey(stage)) {
      throw new UserException(
          "--stage " + stage + " has no narrower widths: give one of " + PHASES.keySet());
    }
    if (!run.isDone(phaseOf(stage))) {
      throw new UserException(
          run.directory().name()
              + " holds no "
              + stage
              + " model: run "
              + phaseOf(stage)
              + " with that --output first");
    }
    return stage;
  }

  private RunWidths widths(WidthRequest request) {
    return new RunWidths(run.directory(), request.steps());
  }

  /** What to cut out of a stage for one ratio. */
  SliceRequest slice(String stage, KeepRatio ratio, WidthRequest widths) throws IOException {
    return new SliceRequest(
        folder(stage),
        widths(widths).of(spec(stage), ratio).widths(),
        run.directory().resolve(Slice.SLICED),
        RunWidths.name(ratio));
  }

  /** The folder of a stage of the run. */
  HadoopDirectory folder(String stage) {
    return run.directory().resolve(stage);
  }

  private DecoderSpec spec(String stage) throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(folder(stage))) {
      return checkpoint.spec();
    }
  }

  /**
   * Checks that there is a sorted model.
   *
   * @throws UserException if the run has not sorted
   */
  void requireSorted() {
    if (!run.isDone(Sort.PHASE)) {
      throw new UserException(
          run.directory().name()
              + " holds no sorted model, and only one in order can be cut: run sort with that"
              + " --output first");
    }
  }
}
