package io.gramian.spark.run;

import io.gramian.compress.sort.GivenScores;
import io.gramian.compress.sort.LeverageEstimate;
import io.gramian.compress.sort.Ranking;
import io.gramian.model.Coupling;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.evaluate.EvaluationTable;
import io.gramian.spark.leverage.Leverage;
import io.gramian.spark.leverage.LeverageRequest;
import io.gramian.spark.plan.Phase;
import io.gramian.spark.sort.Sort;
import io.gramian.spark.sort.SortRequest;
import io.gramian.spark.sort.SortSettings;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sorting as phases of a run: the scores of MLPs that have no Gram matrix, the orders and the
 * sorted model, and the check that nothing was lost.
 */
final class SortPhase {

  private static final String CHECK = "check";

  /** Micro-shards that the check after sorting scores: some eight thousand tokens. */
  private static final int CHECKED_SHARDS = 4;

  private final PhaseTools tools;
  private final RunStages stages;
  private final PhaseInputs inputs;

  /** For the run that {@code stages} are of. */
  SortPhase(PhaseTools tools, RunStages stages, PhaseInputs inputs) {
    this.tools = tools;
    this.stages = stages;
    this.inputs = inputs;
  }

  /**
   * Checks that the model can be sorted so, before any work.
   *
   * @throws io.gramian.checkpoint.UserException if an MLP has too few channels for the singular
   *     values
   */
  void validate(SortSettings settings) throws IOException {
    if (settings.singularValues().isPresent()) {
      leverage(settings).validate();
    }
  }

  /** Sorts, unless the run proves it done. */
  SortSummary run(SortSettings settings, CalibrationSet set) throws IOException {
    tools
        .memory()
        .summing(settings.statistics())
        .require(set.longestSequence(), Phase.SORT, Phase.EVALUATE);
    Ingredients sorting = inputs.sort(settings);
    run().requireReplaceable(sorting);
    Optional<LeverageSummary> leverage =
        settings.singularValues().isPresent()
            ? Optional.of(leverage(settings, shards(set)))
            : Optional.empty();
    run().phase(sorting, () -> sort(settings));
    run().phase(inputs.check(CHECK), () -> check(set));
    HadoopDirectory folder = run().directory();
    List<Evaluation> checked = EvaluationTable.read(tools.session(), folder.resolve(CHECK));
    String written = folder.resolve(Sort.RANK_ORDERS).path().toString();
    long orders = tools.session().read().parquet(written).count();
    return new SortSummary(orders, set.tokens(), checked.get(0), checked.get(1), leverage);
  }

  private Run run() {
    return stages.run();
  }

  private ShardSet shards(CalibrationSet set) {
    return ShardSet.of(set, tools.settings().parallelism());
  }

  private Leverage leverage(SortSettings settings) {
    int singularValues = settings.singularValues().orElseThrow();
    return new Leverage(
        tools.session(),
        tools.progress(),
        new LeverageRequest(stages.model(), singularValues, run().directory()));
  }

  private LeverageSummary leverage(SortSettings settings, ShardSet shards) throws IOException {
    Leverage leverage = leverage(settings);
    run()
        .phase(
            inputs.leverage(settings),
            () -> {
              leverage.run(shards);
              return List.of(Leverage.LEVERAGE);
            });
    double worst =
        leverage.read().values().stream()
            .mapToDouble(LeverageEstimate::worstError)
            .max()
            .orElseThrow();
    return new LeverageSummary(settings.singularValues().orElseThrow(), worst);
  }

  private List<String> sort(SortSettings settings) throws IOException {
    HadoopDirectory folder = run().directory();
    Ranking ranking = new Ranking(settings.criteria(), given(settings));
    new Sort(tools.session(), tools.progress(), tools.memory().rankings())
        .run(
            new SortRequest(stages.model(), folder.resolve(Calibrate.STATISTICS), ranking, folder));
    return List.of(Sort.RANK_ORDERS, Sort.SORTED);
  }

  private GivenScores given(SortSettings settings) {
    if (settings.singularValues().isEmpty()) {
      return GivenScores.NONE;
    }
    SortedMap<Integer, List<Double>> scores = new TreeMap<>();
    leverage(settings).read().forEach((block, found) -> scores.put(block, found.scores()));
    return new GivenScores(settings.labels().get(Coupling.MLP), scores);
  }

  private List<String> check(CalibrationSet set) throws IOException {
    ShardSet first = shards(set).first(CHECKED_SHARDS);
    return new EvaluatePhase(tools, stages, inputs).write(stages.originalAndSorted(), first, CHECK);
  }
}
