package io.gramian.spark.run;

import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.evaluate.Stage;
import io.gramian.spark.export.Export;
import io.gramian.spark.export.ExportRequest;
import io.gramian.spark.finetune.Finetune;
import io.gramian.spark.quantize.Quantize;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The stages that a run has, at the widths asked for.
 *
 * @param model folder of the checkpoint as it came
 */
record RunStages(Run run, HadoopDirectory model) {

  /** Phases by the folder that each writes, for the stages that have every width. */
  private static final Map<String, String> PHASES =
      new TreeMap<>(
          Map.of(
              Sort.SORTED, Sort.PHASE,
              Finetune.FINETUNED, Finetune.PHASE,
              Quantize.QUANTIZED, Quantize.PHASE));

  /** Those that can be quantised, the later first. */
  private static final List<String> FLOATING = List.of(Finetune.FINETUNED, Sort.SORTED);

  /** The phase that writes a stage's folder. */
  static String phaseOf(String stage) {
    return PHASES.get(stage);
  }

  /**
   * The checkpoint as it came and, where the run has them, the sorted, the fine-tuned and the
   * quantised one at every width.
   *
   * @throws UserException if a narrower width is wanted of a run that has not sorted
   */
  List<Stage> at(WidthRequest widths) throws IOException {
    List<Stage> stages = new ArrayList<>(List.of(Stage.whole("model", model)));
    if (widths.isNarrow()) {
      requireSorted();
    }
    for (String stage : List.of(Sort.SORTED, Finetune.FINETUNED, Quantize.QUANTIZED)) {
      if (run.isDone(phaseOf(stage))) {
        stages.addAll(at(widths, stage));
      }
    }
    return stages;
  }

  private List<Stage> at(WidthRequest widths, String stage) throws IOException {
    List<Stage> stages = new ArrayList<>();
    for (KeepRatio ratio : widths.keepRatios()) {
      stages.add(
          ratio.equals(KeepRatio.FULL)
              ? Stage.whole(stage, folder(stage))
              : new Stage(stage, folder(stage), ratio, chosen(stage, ratio, widths)));
    }
    return stages;
  }

  /** The run's allocation, else what the stage itself says, else all blocks alike. */
  private RunWidths.Chosen chosen(String stage, KeepRatio ratio, WidthRequest widths)
      throws IOException {
    RunWidths ofRun = new RunWidths(run.directory(), widths.steps());
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(folder(stage))) {
      Optional<Map<Integer, BlockWidths>> noted =
          checkpoint
              .metadata()
              .flatMap(GramianMetadata::quantised)
              .flatMap(quantisation -> quantisation.widthsAt(ratio));
      return noted.isPresent() && !ofRun.isAllocated(ratio)
          ? new RunWidths.Chosen(RunWidths.Chosen.ALLOCATED, noted.get())
          : ofRun.of(checkpoint.spec(), ratio);
    }
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
    return stage(wanted, PHASES.keySet(), "has no narrower widths");
  }

  /**
   * The stage to quantise.
   *
   * @param wanted as for {@link #widthStage}
   * @throws UserException if the run does not have it, or it is quantised
   */
  String floatingStage(Optional<String> wanted) {
    return stage(wanted, new TreeSet<>(FLOATING), "cannot be quantised");
  }

  private String stage(Optional<String> wanted, Set<String> known, String otherwise) {
    requireSorted();
    String last =
        FLOATING.stream().filter(name -> run.isDone(phaseOf(name))).findFirst().orElseThrow();
    String stage = wanted.orElse(last);
    if (!known.contains(stage)) {
      throw new UserException("--stage " + stage + " " + otherwise + ": give one of " + known);
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

  /** What to cut out of a stage for one ratio. */
  SliceRequest slice(String stage, KeepRatio ratio, WidthRequest widths) throws IOException {
    String name = RunWidths.name(ratio);
    return new SliceRequest(
        folder(stage),
        chosen(stage, ratio, widths).widths(),
        run.directory().resolve(Slice.SLICED),
        stage.equals(Quantize.QUANTIZED) ? Quantize.QUANTIZED + "-" + name : name);
  }

  /**
   * What to export of the quantised model for one ratio.
   *
   * @throws UserException if the run has none
   */
  ExportRequest export(ExportRequest.Manner how, KeepRatio ratio, WidthRequest widths)
      throws IOException {
    String stage = stage(Optional.of(Quantize.QUANTIZED), PHASES.keySet(), "");
    return new ExportRequest(
        folder(stage),
        chosen(stage, ratio, widths).widths(),
        how,
        run.directory().resolve(Export.EXPORTED),
        how.format().label() + "-" + RunWidths.name(ratio));
  }

  /** The folder of a stage of the run. */
  HadoopDirectory folder(String stage) {
    return run.directory().resolve(stage);
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
