package io.gramian.spark.run;

import io.gramian.checkpoint.HfConfig;
import io.gramian.compress.finetune.FinetuneSettings;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.BlockWidths;
import io.gramian.model.KeepRatio;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.ablate.Ablate;
import io.gramian.spark.ablate.AblateRequest;
import io.gramian.spark.ablate.NamedCriteria;
import io.gramian.spark.ablate.WidthChoice;
import io.gramian.spark.allocate.Allocate;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.EvaluateChoices;
import io.gramian.spark.export.Export;
import io.gramian.spark.export.ExportRequest;
import io.gramian.spark.finetune.CheckPlan;
import io.gramian.spark.finetune.Finetune;
import io.gramian.spark.finetune.FinetuneInputs;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.leverage.Leverage;
import io.gramian.spark.quantize.Quantize;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.slice.Slice;
import io.gramian.spark.slice.SliceRequest;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortSettings;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.Tokenize;
import io.gramian.spark.tokenize.TokenizeRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;

/** What each phase of a pipeline is made from. */
final class PhaseInputs {

  /** Counts up when a phase's outputs change for the same input. */
  private static final String FORMAT = "1";

  /** Ingredient of a calibration that does not sum all: the sites that it leaves out. */
  static final String LEFT_OUT = "left-out";

  /** Ingredient: digest of the checkpoint's files. */
  static final String MODEL = "model";

  private final JavaSparkContext spark;
  private final Run run;
  private final String model;
  private final String tokenizer;

  /**
   * Reads the checkpoint's files once, for their checksums.
   *
   * @throws io.gramian.checkpoint.UserException if the checkpoint is not what it should be
   */
  PhaseInputs(JavaSparkContext spark, Run run, HadoopDirectory folder) throws IOException {
    this.spark = spark;
    this.run = run;
    SortedMap<String, String> checksums = InputChecksums.of(spark, folder, modelFiles(folder));
    run.recordModel(folder, checksums);
    this.model = InputChecksums.combined(checksums.values());
    this.tokenizer = checksums.getOrDefault("tokenizer.json", "none");
  }

  private static List<String> modelFiles(HadoopDirectory model) throws IOException {
    List<String> files = new ArrayList<>(tensorFiles(model));
    files.add(HfConfig.FILE);
    files.add("tokenizer.json");
    files.add(GramianMetadata.FILE);
    List<String> present = model.list();
    return files.stream().filter(present::contains).toList();
  }

  private static List<String> tensorFiles(HadoopDirectory model) throws IOException {
    if (PackedCheckpoint.isAt(model)) {
      try (PackedCheckpoint artifact = PackedCheckpoint.open(model)) {
        artifact.validate();
        return artifact.checkpoint().files();
      }
    }
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      checkpoint.validate();
      return checkpoint.checkpoint().files();
    }
  }

  Ingredients tokenize(String phase, TextSource text) throws IOException {
    List<String> files = Tokenize.files(text.path(), spark.hadoopConfiguration());
    SortedMap<String, String> checksums = InputChecksums.of(spark, files);
    run.recordInputs(checksums);
    TokenizeRequest.Cut cut = text.cut();
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put("text", InputChecksums.combined(checksums.values()));
    values.put("text-column", text.textColumn());
    values.put("sequence-length", Integer.toString(cut.sequenceLength()));
    values.put("sequences", count(cut.maximumSequences()));
    values.put("packing", cut.packing().name().toLowerCase(Locale.ROOT));
    values.put("tokenizer", tokenizer);
    return new Ingredients(phase, values);
  }

  private static String count(OptionalInt maximum) {
    return maximum.isPresent() ? Integer.toString(maximum.getAsInt()) : "all";
  }

  Ingredients calibrate(StatisticsChoice choice) {
    SortedMap<String, String> values = ofCalibrationSet();
    if (!choice.leftOut().isEmpty()) {
      values.put(
          LEFT_OUT, choice.leftOut().stream().map(Site::label).collect(Collectors.joining(",")));
    }
    return new Ingredients(Calibrate.PHASE, values);
  }

  /** A walk of its own, which needs no statistics. */
  Ingredients leverage(SortSettings settings) {
    SortedMap<String, String> values = ofCalibrationSet();
    values.put("singular-values", Integer.toString(settings.singularValues().orElseThrow()));
    return new Ingredients(Leverage.PHASE, values);
  }

  private SortedMap<String, String> ofCalibrationSet() {
    return new TreeMap<>(
        Map.of(
            "format", FORMAT, MODEL, model, Texts.CALIBRATION, run.fingerprint(Texts.CALIBRATION)));
  }

  /** Known before the scores are, so that a refusal need not wait for them. */
  Ingredients sort(SortSettings settings) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put(Calibrate.PHASE, run.fingerprint(Calibrate.PHASE));
    if (settings.singularValues().isPresent()) {
      values.put(Leverage.PHASE, leverage(settings).fingerprint());
    }
    settings.labels().forEach((coupling, label) -> values.put(coupling.label(), label));
    return new Ingredients(Sort.PHASE, values);
  }

  Ingredients check(String phase) {
    return Ingredients.of(phase, Map.of("format", FORMAT, Sort.PHASE, run.fingerprint(Sort.PHASE)));
  }

  Ingredients allocate(AllocateRequest request) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put(Calibrate.PHASE, run.fingerprint(Calibrate.PHASE));
    values.put("keep", request.keepRatios().toString());
    values.put("per", request.rule().scope().label());
    values.put("epsilon", Double.toString(request.rule().epsilon()));
    values.put("cap", Double.toString(request.rule().cap()));
    values.put("profile", request.profile().toString());
    return new Ingredients(Allocate.PHASE, values);
  }

  Ingredients ablate(String tokens, AblateRequest request) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put(Calibrate.PHASE, run.fingerprint(Calibrate.PHASE));
    values.put(tokens, run.fingerprint(tokens));
    values.put(
        "criteria",
        String.join(",", request.criteria().stream().map(NamedCriteria::name).toList()));
    values.put("keep", request.keepRatios().toString());
    values.put("steps", request.profile().granularity().toString());
    values.put(
        "allocation",
        String.join(",", request.allocations().stream().map(WidthChoice::recipe).toList()));
    return new Ingredients(Ablate.PHASE, values);
  }

  /** An evaluation covers the stages that the run has. */
  Ingredients evaluate(String tokens, WidthRequest widths) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put(MODEL, model);
    values.put(tokens, run.fingerprint(tokens));
    addWidths(values, widths);
    return new Ingredients(Evaluate.PHASE, values);
  }

  Ingredients choices(String file, WidthRequest widths) {
    SortedMap<String, String> checksums = InputChecksums.of(spark, List.of(file));
    run.recordInputs(checksums);
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put(MODEL, model);
    values.put("tokenizer", tokenizer);
    values.put("questions", InputChecksums.combined(checksums.values()));
    addWidths(values, widths);
    return new Ingredients(EvaluateChoices.CHOICES, values);
  }

  private void addWidths(SortedMap<String, String> values, WidthRequest widths) {
    values.put("keep", widths.keepRatios().toString());
    for (String phase : List.of(Sort.PHASE, Allocate.PHASE, Finetune.PHASE, Quantize.PHASE)) {
      if (run.isDone(phase)) {
        values.put(phase, run.fingerprint(phase));
      }
    }
    if (widths.isNarrow()) {
      values.put("steps", widths.steps().toString());
    }
  }

  /** The widths themselves say all that matters of how they were chosen. */
  Ingredients slice(SliceRequest request, String stage) {
    String phase = RunStages.phaseOf(stage);
    return Ingredients.of(
        Slice.PHASE + " " + request.name(),
        Map.of(
            "format",
            FORMAT,
            phase,
            run.fingerprint(phase),
            "widths",
            Ingredients.Sha256.of(request.widths().toString())));
  }

  /** As {@link #slice}; padding matters only where something is dropped, but names another file. */
  Ingredients export(ExportRequest request) {
    return Ingredients.of(
        Export.PHASE + " " + request.name(),
        Map.of(
            "format",
            FORMAT,
            Quantize.PHASE,
            run.fingerprint(Quantize.PHASE),
            "widths",
            Ingredients.Sha256.of(request.widths().toString()),
            "padding",
            request.how().padding().name().toLowerCase(Locale.ROOT)));
  }

  /** Not the number of workers, which changes rounding only, nor how often they save. */
  Ingredients finetune(FinetuneInputs inputs, FinetuneRequest request) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    for (String phase : List.of(Sort.PHASE, Texts.TRAINING, Texts.TRAINING_CHECK)) {
      values.put(phase, run.fingerprint(phase));
    }
    values.put("widths", Ingredients.Sha256.of(inputs.widths().toString()));
    addSettings(values, request.settings());
    CheckPlan checks = request.checks();
    values.put("check-keep", checks.ratios().toString());
    values.put("check-every", Integer.toString(checks.every()));
    return new Ingredients(Finetune.PHASE, values);
  }

  private static void addSettings(SortedMap<String, String> values, FinetuneSettings settings) {
    values.put("steps", Integer.toString(settings.plan().steps()));
    values.put("batch", Integer.toString(settings.plan().batch()));
    values.put("keep", settings.plan().ratios().toString());
    values.put("seed", Long.toString(settings.plan().seed()));
    values.put("learning-rate", Double.toString(settings.optimiser().learningRate()));
    values.put("warm-up", Integer.toString(settings.optimiser().warmupSteps()));
    values.put("clip", Double.toString(settings.optimiser().clip()));
    values.put("weight-decay", Double.toString(settings.optimiser().weightDecay()));
    values.put("rank", Integer.toString(settings.lora().rank()));
    values.put("alpha", Double.toString(settings.lora().alpha()));
    values.put("dropout", Double.toString(settings.lora().dropout()));
    values.put("precision", settings.precision().label());
  }

  /** The widths are only noted in the artifact, but it is another one with others. */
  Ingredients quantize(
      String stage,
      QuantizeSettings settings,
      SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    for (String phase : List.of(Texts.CALIBRATION, RunStages.phaseOf(stage))) {
      values.put(phase, run.fingerprint(phase));
    }
    values.put("rounding", settings.rounding().label());
    values.put("scale", settings.scale().label());
    values.put("profile", settings.profile().toString());
    values.put("widths", Ingredients.Sha256.of(widths.toString()));
    return new Ingredients(Quantize.PHASE, values);
  }

  /**
   * Checks that what the run holds was made from this checkpoint.
   *
   * @throws io.gramian.checkpoint.UserException if it was another
   */
  void requireSameModel() {
    run.requireUnchanged(Calibrate.PHASE, MODEL, model);
  }
}
