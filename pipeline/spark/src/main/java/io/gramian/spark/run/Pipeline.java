package io.gramian.spark.run;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.statistics.StatisticsChoice;
import io.gramian.model.allocation.Allocation;
import io.gramian.model.family.Families;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.ablate.Ablate;
import io.gramian.spark.ablate.AblateRequest;
import io.gramian.spark.ablate.Ablation;
import io.gramian.spark.ablate.AblationTable;
import io.gramian.spark.allocate.AllocateRequest;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.evaluate.ChoiceEvaluation;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.export.Export;
import io.gramian.spark.export.ExportRequest;
import io.gramian.spark.finetune.FinetuneRequest;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.plan.Phase;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.quantize.QuantizeSettings;
import io.gramian.spark.quantize.Rounding;
import io.gramian.spark.sort.SortSettings;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.KeptStates;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The phases of a run, in order. Each method runs the earlier phases that it needs and the run
 * lacks.
 *
 * <p>Inputs are opened and checked when the pipeline is made, before any job runs.
 */
public final class Pipeline {

  /** What every criterion needs. */
  private static final List<StatisticsChoice> ALL = List.of(StatisticsChoice.ALL);

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final Run run;
  private final PipelineSettings settings;
  private final ProgressListener progress;
  private final HadoopDirectory model;
  private final PhaseInputs inputs;
  private final Texts texts;
  private final MemoryBudget memory;
  private final PhaseTools tools;
  private final RunStages stages;

  /**
   * Opens the inputs.
   *
   * @throws UserException if the checkpoint is not what it should be
   */
  public Pipeline(
      SparkSession session, Run run, PipelineSettings settings, ProgressListener progress)
      throws IOException {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.run = run;
    this.settings = settings;
    this.progress = progress;
    this.model = HadoopDirectory.of(settings.model(), spark.hadoopConfiguration());
    this.inputs = new PhaseInputs(spark, run, model);
    this.texts = new Texts(session, run, settings, progress);
    this.memory = new MemoryBudget(spark, Families.describe(HfConfig.read(model)), settings, run);
    this.tools = new PhaseTools(session, settings, memory, progress);
    this.stages = new RunStages(run, model);
  }

  /**
   * Checks that phases fit in memory which are to come: whoever runs several finds out before the
   * first.
   *
   * @param sequenceLength tokens of the longest sequence
   * @throws UserException naming one that cannot fit, the numbers, and what would do
   */
  public void requireMemory(int sequenceLength, Phase... phases) {
    memory.require(sequenceLength, phases);
  }

  /** Text to sequences: {@code calibration/}. */
  public CalibrationSet tokenize(TextSource text) throws IOException {
    MergedStatistics.refuseIn(run);
    return texts.tokenize(inputs.tokenize(Texts.CALIBRATION, text), text);
  }

  /** {@link #calibrate(TextSource, KeptStates)}, with no hidden states kept for good. */
  public CalibrationSet calibrate(TextSource text) throws IOException {
    return calibrate(text, KeptStates.BETWEEN_WAVES);
  }

  /**
   * Sequences to statistics: {@code statistics/}, and {@code hidden-states/} if they are kept.
   *
   * @throws UserException if the run has begun to calibrate with other inputs, or has done it
   *     without keeping the states, or memory does not suffice
   */
  public CalibrationSet calibrate(TextSource text, KeptStates kept) throws IOException {
    return calibrate(text, kept, ALL);
  }

  private CalibrationSet calibrate(
      TextSource text, KeptStates kept, List<StatisticsChoice> accepted) throws IOException {
    memory.summing(accepted.get(0)).require(text.cut().sequenceLength(), Phase.CALIBRATE);
    CalibrationSet set = tokenize(text);
    ShardSet shards = ShardSet.of(set, settings.parallelism());
    new CalibratePhase(tools, stages, inputs).run(accepted, kept, shards);
    return set;
  }

  private DecoderWalk walk(ModelCheckpoint checkpoint) {
    return new DecoderWalk(spark, model, checkpoint.spec(), tools.memory().waves());
  }

  /** {@link #sort(TextSource, SortSettings)} from statistics alone. */
  public SortSummary sort(TextSource text, SortCriteria criteria) throws IOException {
    return sort(text, SortSettings.of(criteria));
  }

  /**
   * Statistics to {@code rank-orders/} and {@code sorted/}, and proof that nothing was lost. With
   * singular values, MLP channels are scored in a walk of their own, {@code leverage/}, and the
   * statistics need no Gram matrix of them.
   *
   * @throws UserException if an MLP has too few channels for the singular values, or memory does
   *     not suffice
   */
  public SortSummary sort(TextSource text, SortSettings how) throws IOException {
    SortPhase phase = new SortPhase(tools, stages, inputs);
    phase.validate(how);
    List<StatisticsChoice> accepted =
        how.singularValues().isPresent()
            ? List.of(StatisticsChoice.WITHOUT_DOWN_INPUT, StatisticsChoice.ALL)
            : ALL;
    memory
        .summing(how.statistics())
        .require(text.cut().sequenceLength(), Phase.CALIBRATE, Phase.SORT, Phase.EVALUATE);
    return phase.run(how, calibrate(text, KeptStates.BETWEEN_WAVES, accepted));
  }

  /** {@link #sort(SortSettings)} from statistics alone. */
  public SortSummary sort(SortCriteria criteria) throws IOException {
    return sort(SortSettings.of(criteria));
  }

  /**
   * The same from the statistics that {@code merge} wrote into the run.
   *
   * @throws UserException if it did not, they are of another model, or singular values are wanted
   */
  public SortSummary sort(SortSettings how) throws IOException {
    CalibrationSet set = merged();
    if (how.singularValues().isPresent()) {
      throw new UserException(
          run.directory().name()
              + " holds merged statistics, whose weights a walk through the text would not know:"
              + " leave --mlp-singular-values out, the Gram matrices are there");
    }
    return new SortPhase(tools, stages, inputs).run(how, set);
  }

  private CalibrationSet merged() throws IOException {
    MergedStatistics.requireIn(run);
    inputs.requireSameModel();
    return texts.open(Texts.CALIBRATION);
  }

  /** Statistics to the widths of every block: {@code ratios/}, one file a keep ratio. */
  public List<Allocation> allocate(TextSource text, AllocateRequest request) throws IOException {
    calibrate(text, KeptStates.BETWEEN_WAVES, List.of(StatisticsChoice.values()));
    return allocation().run(request);
  }

  /**
   * The same from the statistics that {@code merge} wrote into the run.
   *
   * @throws UserException if it did not, or they are of another model
   */
  public List<Allocation> allocate(AllocateRequest request) throws IOException {
    merged();
    return allocation().run(request);
  }

  private AllocatePhase allocation() {
    return new AllocatePhase(tools, stages, inputs);
  }

  /** Criteria and widths compared on held-out text, from one calibration: {@code ablation/}. */
  public List<Ablation> ablate(TextSource text, TextSource heldOut, AblateRequest request)
      throws IOException {
    calibrate(text);
    tokenizeHeldOut(heldOut);
    run.phase(
        inputs.ablate(Texts.EVALUATION, request),
        () -> {
          AblationTable.write(session, ablate(request), run.directory(), Ablate.ABLATION);
          return List.of(Ablate.ABLATION);
        });
    return AblationTable.read(session, run.directory().resolve(Ablate.ABLATION));
  }

  private List<Ablation> ablate(AblateRequest request) throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      HadoopDirectory statistics = run.directory().resolve(Calibrate.STATISTICS);
      return new Ablate(spark, progress, model, statistics)
          .run(request, checkpoint.spec(), walk(checkpoint), heldOutShards());
    }
  }

  /**
   * The sorted model trained for all widths at once: {@code finetuned/}.
   *
   * @return the losses of held-out text as training went on, in order
   * @throws UserException if the run has not sorted, or Spark or the texts do not suffice
   */
  public List<HeldOutLoss> finetune(
      TextSource training, TextSource heldOut, FinetuneRequest request) throws IOException {
    inputs.requireSameModel();
    memory.require(training.cut().sequenceLength(), Phase.FINETUNE);
    return new FinetunePhase(session, stages, inputs, progress)
        .run(texts, training, heldOut, request);
  }

  private void tokenizeHeldOut(TextSource text) throws IOException {
    texts.tokenize(inputs.tokenize(Texts.EVALUATION, text), text);
  }

  private ShardSet heldOutShards() throws IOException {
    return ShardSet.of(texts.open(Texts.EVALUATION), settings.parallelism());
  }

  /**
   * A stage rounded to 4 bits: {@code quantized/}, a packed artifact.
   *
   * @param stage {@code sorted} or {@code finetuned}; else the latter where the run has it
   * @return the artifact's folder
   * @throws UserException if the run has not sorted, or a weight or an activation is not finite
   */
  public HadoopDirectory quantize(Optional<String> stage, QuantizeSettings how) throws IOException {
    inputs.requireSameModel();
    String from = stages.floatingStage(stage);
    CalibrationSet set = texts.open(Texts.CALIBRATION);
    if (how.rounding() == Rounding.GPTQ) {
      memory.require(set.longestSequence(), Phase.QUANTIZE);
    }
    ShardSet shards = ShardSet.of(set, settings.parallelism());
    return new QuantizePhase(tools, stages, inputs).run(from, how, shards);
  }

  private EvaluatePhase scoring() {
    return new EvaluatePhase(tools, stages, inputs);
  }

  /** Every stage of the run scored on held-out text, at every width: {@code evaluation/}. */
  public List<Evaluation> evaluate(TextSource text, WidthRequest widths) throws IOException {
    inputs.requireSameModel();
    memory.require(text.cut().sequenceLength(), Phase.EVALUATE);
    return scoring().onText(texts, text, widths);
  }

  /** Multiple-choice questions put to every stage of the run, at every width: {@code choices/}. */
  public List<ChoiceEvaluation> choices(String file, WidthRequest widths) throws IOException {
    inputs.requireSameModel();
    return scoring().onChoices(file, widths);
  }

  /** {@link #slice(WidthRequest, Optional)} of the run's last checkpoint. */
  public List<HadoopDirectory> slice(WidthRequest widths) throws IOException {
    return slice(widths, Optional.empty());
  }

  /**
   * A stage cut to every width: {@code sliced/keep-0.85/} and so on.
   *
   * @param stage {@code sorted}, {@code finetuned} or {@code quantized}; else the second where the
   *     run has it, and the first where not
   */
  public List<HadoopDirectory> slice(WidthRequest widths, Optional<String> stage)
      throws IOException {
    inputs.requireSameModel();
    return new SlicePhase(tools, stages, inputs).run(stages.widthStage(stage), widths);
  }

  /**
   * The quantised model at every width in another runtime's format: {@code
   * exported/gguf-keep-0.85/} and so on.
   *
   * @throws UserException if the run has not quantised, or the format cannot say a width
   */
  public List<Export.Result> export(ExportRequest.Manner how, WidthRequest widths)
      throws IOException {
    inputs.requireSameModel();
    return new ExportPhase(stages, inputs).run(how, widths);
  }
}
