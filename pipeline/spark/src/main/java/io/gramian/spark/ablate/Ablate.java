package io.gramian.spark.ablate;

import io.gramian.compress.evaluate.NextTokenScore;
import io.gramian.compress.sort.BlockDecision;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.width.BlockTransform;
import io.gramian.compress.width.SortAndSlice;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import io.gramian.model.ResidualBlock;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.sort.Decisions;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.ShardSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Scores every combination of criteria, allocation and width on held-out text.
 *
 * <p>Cost: one decision a set of criteria, one forward pass a set, allocation and width.
 */
public final class Ablate {

  /** Name of the phase. */
  public static final String PHASE = "ablate";

  public static final String ABLATION = "ablation";

  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final HadoopDirectory model;
  private final HadoopDirectory statistics;

  /**
   * Prepares ablations.
   *
   * @param model folder of the checkpoint
   * @param statistics folder that {@code calibrate} wrote from it
   */
  public Ablate(
      JavaSparkContext spark,
      ProgressListener progress,
      HadoopDirectory model,
      HadoopDirectory statistics) {
    this.spark = spark;
    this.progress = progress;
    this.model = model;
    this.statistics = statistics;
  }

  /**
   * One row for the model as it came, then one a set of criteria, allocation and width, in order.
   *
   * @throws IOException if the statistics cannot be read
   * @throws io.gramian.checkpoint.UserException if an allocation cannot reach a width
   */
  public List<Ablation> run(
      AblateRequest request, DecoderSpec spec, DecoderWalk walk, ShardSet text) throws IOException {
    List<Cut> cuts = cuts(request, spec);
    List<Ablation> rows = new ArrayList<>();
    NamedCriteria dense = new NamedCriteria(Ablation.DENSE, SortCriteria.DEFAULT);
    NextTokenScore whole = score(walk, Ablation.DENSE, text);
    rows.add(
        Ablation.of(new Ablation.Cell(dense, Ablation.UNIFORM, 1), spec.parameterCount(), whole));
    for (NamedCriteria set : request.criteria()) {
      Map<Integer, BlockDecision> decisions = decide(set, spec);
      for (Cut cut : cuts) {
        BlockTransform transform = new SortAndSlice(decisions, cut.widths());
        NextTokenScore score = score(walk.transformed(transform), cut.name(set), text);
        rows.add(Ablation.of(cut.cell(set), parameters(spec, transform), score));
      }
    }
    return rows;
  }

  /** All widths, before any work: whether they can be reached is known from the statistics. */
  private List<Cut> cuts(AblateRequest request, DecoderSpec spec) throws IOException {
    List<Cut> cuts = new ArrayList<>();
    for (WidthChoice choice : request.allocations()) {
      Function<KeepRatio, Map<Integer, BlockWidths>> widths =
          choice.of(spec, request.profile(), statistics);
      request.keepRatios().stream()
          .filter(ratio -> !ratio.equals(KeepRatio.FULL))
          .forEach(ratio -> cuts.add(new Cut(choice.label(), ratio, widths.apply(ratio))));
    }
    return cuts;
  }

  /** One way to cut the model, whatever the criteria. */
  private record Cut(String allocation, KeepRatio ratio, Map<Integer, BlockWidths> widths) {

    String name(NamedCriteria set) {
      return String.format(Locale.ROOT, "%s %s %.2f", set.name(), allocation, ratio.value());
    }

    Ablation.Cell cell(NamedCriteria set) {
      return new Ablation.Cell(set, allocation, ratio.value());
    }
  }

  private Map<Integer, BlockDecision> decide(NamedCriteria set, DecoderSpec spec) {
    String name = PHASE + " " + set.name();
    try (JobPhase phase = JobPhase.begin(spark, name, "rank orders");
        TaskProgress blocks =
            TaskProgress.start(spark, progress, phase.name(), spec.blocks().size())) {
      Map<Integer, BlockDecision> decisions = new HashMap<>();
      new Decisions(model, statistics)
          .of(spark, spec, set.criteria(), blocks.units())
          .collect()
          .forEach(decision -> decisions.put(decision.blockIndex(), decision));
      return decisions;
    }
  }

  private NextTokenScore score(DecoderWalk walk, String name, ShardSet text) {
    try (JobPhase phase = JobPhase.begin(spark, PHASE + " " + name, "score");
        TaskProgress blocks = TaskProgress.start(spark, progress, phase.name(), walk.units(text))) {
      return walk.score(text, blocks.units());
    }
  }

  private static long parameters(DecoderSpec spec, BlockTransform transform) {
    List<ResidualBlock> narrowed = spec.blocks().stream().map(transform::describe).toList();
    return spec.withBlocks(narrowed).parameterCount();
  }
}
