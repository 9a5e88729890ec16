package io.gramian.spark.run;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.model.Coupling;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.evaluate.Evaluate;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.EvaluationTable;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortRequest;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.tokenize.Tokenize;
import io.gramian.spark.tokenize.TokenizeRequest;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The phases of a run, in order. Each method runs the earlier phases that it needs and the run lacks.
 *
 * <p>Inputs are opened and checked when the pipeline is made, before any job runs.
 */
public final class Pipeline {

  private static final String TOKENIZE = "tokenize";
  private static final String CHECK = "check";
  private static final String EVALUATION_TEXT = "evaluation-text";

  /** Micro-shards that the check after sorting scores: some eight thousand tokens. */
  private static final int CHECKED_SHARDS = 4;

  /** Counts up when a phase's outputs change for the same input. */
  private static final String FORMAT = "1";

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final Run run;
  private final PipelineSettings settings;
  private final ProgressListener progress;
  private final HadoopDirectory model;
  private final SortedMap<String, String> modelChecksums;

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
    this.modelChecksums = InputChecksums.of(spark, model, modelFiles(model));
    run.recordModel(model, modelChecksums);
  }

  private static List<String> modelFiles(HadoopDirectory model) throws IOException {
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      checkpoint.validate();
      List<String> files = new ArrayList<>(checkpoint.checkpoint().files());
      files.add(HfConfig.FILE);
      files.add("tokenizer.json");
      List<String> present = model.list();
      return files.stream().filter(present::contains).toList();
    }
  }

  /** Text to sequences: {@code calibration/}. */
  public CalibrationSet tokenize(TextSource text) throws IOException {
    run.phase(
        tokenizeIngredients(TOKENIZE, text),
        () -> {
          new Tokenize(session, progress).run(request(text, run.directory()));
          return List.of(Tokenize.CALIBRATION);
        });
    return CalibrationSet.open(session, within(Tokenize.CALIBRATION));
  }

  /** Sequences to statistics: {@code statistics/}. */
  public CalibrationSet calibrate(TextSource text) throws IOException {
    CalibrationSet set = tokenize(text);
    run.phase(
        calibrateIngredients(),
        () -> {
          calibrate(ShardSet.of(set, settings.parallelism()));
          return List.of(Calibrate.STATISTICS);
        });
    return set;
  }

  private void calibrate(ShardSet shards) throws IOException {
    String partial = Calibrate.STATISTICS + ".partial";
    HadoopDirectory output = run.directory();
    output.delete(partial);
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model)) {
      new Calibrate(spark, progress)
          .run(checkpoint.spec(), walk(checkpoint), shards, output.resolve(partial));
      output.delete(Calibrate.STATISTICS);
      output.rename(partial, Calibrate.STATISTICS);
    } finally {
      output.delete(partial);
    }
  }

  private DecoderWalk walk(ModelCheckpoint checkpoint) {
    return new DecoderWalk(spark, model, checkpoint.spec(), settings.waveBytes());
  }

  /** Statistics to {@code rank-orders/} and {@code sorted/}, and proof that nothing was lost. */
  public SortSummary sort(TextSource text, SortCriteria criteria) throws IOException {
    CalibrationSet set = calibrate(text);
    Ingredients ingredients = sortIngredients(criteria, run.fingerprint(Calibrate.PHASE));
    run.phase(
        ingredients,
        () -> {
          new Sort(session, progress)
              .run(
                  new SortRequest(
                      model,
                      run.directory().resolve(Calibrate.STATISTICS),
                      criteria,
                      run.directory()));
          return List.of(Sort.RANK_ORDERS, Sort.SORTED);
        });
    run.phase(
        Ingredients.of(CHECK, Map.of("format", FORMAT, Sort.PHASE, ingredients.fingerprint())),
        () -> {
          ShardSet first =
              ShardSet.of(set, settings.parallelism()).first(CHECKED_SHARDS);
          EvaluationTable.write(session, compareStages(first), run.directory(), CHECK);
          return List.of(CHECK);
        });
    List<Evaluation> checked = EvaluationTable.read(session, run.directory().resolve(CHECK));
    long orders = session.read().parquet(within(Sort.RANK_ORDERS)).count();
    return new SortSummary(orders, set.tokens(), checked.get(0), checked.get(1));
  }

  /** Every stage of the run scored on held-out text: {@code evaluation/}. */
  public List<Evaluation> evaluate(TextSource text) throws IOException {
    run.requireUnchanged(Calibrate.PHASE, "model", combinedModel());
    Ingredients tokens = tokenizeIngredients(EVALUATION_TEXT, text);
    HadoopDirectory folder = run.directory().resolve(EVALUATION_TEXT);
    run.phase(
        tokens,
        () -> {
          new Tokenize(session, progress).run(request(text, folder));
          return List.of(EVALUATION_TEXT + "/" + Tokenize.CALIBRATION);
        });
    run.phase(
        evaluateIngredients(tokens),
        () -> {
          CalibrationSet set =
              CalibrationSet.open(session, within(EVALUATION_TEXT + "/" + Tokenize.CALIBRATION));
          ShardSet shards = ShardSet.of(set, settings.parallelism());
          EvaluationTable.write(
              session, compareStages(shards), run.directory(), Evaluate.EVALUATION);
          return List.of(Evaluate.EVALUATION);
        });
    return EvaluationTable.read(session, run.directory().resolve(Evaluate.EVALUATION));
  }

  /** The checkpoint as it came and, where the run has one, the sorted one. */
  private List<Evaluation> compareStages(ShardSet shards) throws IOException {
    Evaluate evaluate = new Evaluate(spark, progress, settings.waveBytes());
    List<Evaluation> stages = new ArrayList<>();
    stages.add(evaluate.run("model", model, shards));
    if (run.isDone(Sort.PHASE)) {
      stages.add(evaluate.run(Sort.SORTED, run.directory().resolve(Sort.SORTED), shards));
    }
    return stages;
  }

  private Ingredients tokenizeIngredients(String phase, TextSource text) throws IOException {
    SortedMap<String, String> values = new TreeMap<>();
    SortedMap<String, String> checksums =
        InputChecksums.of(spark, Tokenize.files(text.path(), spark.hadoopConfiguration()));
    run.recordInputs(checksums);
    values.put("format", FORMAT);
    values.put("text", InputChecksums.combined(checksums.values()));
    values.put("text-column", text.textColumn());
    values.put("sequence-length", Integer.toString(text.cut().sequenceLength()));
    values.put("sequences", count(text.cut().maximumSequences()));
    values.put("packing", text.cut().packing().name().toLowerCase(Locale.ROOT));
    values.put("tokenizer", String.valueOf(modelChecksums.get("tokenizer.json")));
    return new Ingredients(phase, values);
  }

  private static String count(OptionalInt maximum) {
    return maximum.isPresent() ? Integer.toString(maximum.getAsInt()) : "all";
  }

  private Ingredients calibrateIngredients() {
    return Ingredients.of(
        Calibrate.PHASE,
        Map.of(
            "format", FORMAT,
            "model", combinedModel(),
            TOKENIZE, run.fingerprint(TOKENIZE)));
  }

  private static Ingredients sortIngredients(SortCriteria criteria, String calibrate) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put(Calibrate.PHASE, calibrate);
    criteria
        .labels()
        .forEach((Coupling coupling, String label) -> values.put(coupling.label(), label));
    return new Ingredients(Sort.PHASE, values);
  }

  private Ingredients evaluateIngredients(Ingredients tokens) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put("model", combinedModel());
    values.put(EVALUATION_TEXT, tokens.fingerprint());
    if (run.isDone(Sort.PHASE)) {
      values.put(Sort.PHASE, run.fingerprint(Sort.PHASE));
    }
    return new Ingredients(Evaluate.PHASE, values);
  }

  private String combinedModel() {
    return InputChecksums.combined(modelChecksums.values());
  }

  private TokenizeRequest request(TextSource text, HadoopDirectory output) {
    return TokenizeRequest.of(
            settings.model(), text.path(), text.cut(), output.path().toString())
        .withTextColumn(text.textColumn());
  }

  private String within(String folder) {
    return run.directory().resolve(folder).path().toString();
  }
}
