package io.gramian.compress.sort;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.GramFile;
import io.gramian.compress.statistics.Statistic;
import io.gramian.compress.statistics.StatisticReader;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.Attention;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What deciding the orders of one attention and one MLP block of Llama-3.1-8B costs, against the
 * paper's formulation on the same data: one process, the same libtorch, one thread for both, F32
 * for the paper's. The shapes divide by {@code -Dgramian.benchmark.scale}, 1, 2, 4 or 8.
 *
 * <p>Ours reads the statistics as {@code sort} does: those of the MLP tile by tile from a local
 * file (in the page cache), which is part of its time; the paper's starts from matrices in memory.
 * Ours runs before and after the paper's, and the mean counts.
 */
class DecisionBenchmark {

  private static final int SCALE = Integer.getInteger("gramian.benchmark.scale", 1);
  private static final Path SHAPES =
      Path.of(System.getProperty("gramian.root"), "conf/shapes/llama-3.1-8b/config.json");
  private static final SortCriteria LEVERAGE =
      SortCriteria.DEFAULT.with(MlpCriterion.RIDGE_LEVERAGE, ValueOutputCriterion.JOINT);

  @TempDir private Path folder;

  /** Seconds a part, and the MLP's scores. */
  private record Parts(double mlp, double queryKey, double valueOutput, List<Double> scores) {

    double all() {
      return mlp + queryKey + valueOutput;
    }
  }

  @Test
  void decisionAgainstThePublishedFormulation() throws IOException {
    NativeRuntime.load();
    assertThat(torch.get_num_threads()).isEqualTo(openblas_full.openblas_get_num_threads());
    measure(8);
    print(measure(SCALE));
  }

  private record Measured(Parts published, Parts ours, Parts leverage) {}

  private Measured measure(int scale) throws IOException {
    try (PointerScope scope = new PointerScope();
        DecisionData data = new DecisionData(SHAPES, scale)) {
      Path gram = folder.resolve("gram-" + scale);
      data.writeGram(gram);
      Parts before = ours(SortCriteria.DEFAULT, data, gram);
      Parts published = published(data, gram);
      Parts after = ours(SortCriteria.DEFAULT, data, gram);
      Parts leverage = ours(LEVERAGE, data, gram);
      assertClose(leverage.scores(), published.scores());
      return new Measured(published, mean(before, after), leverage);
    }
  }

  private static Parts mean(Parts one, Parts other) {
    return new Parts(
        (one.mlp() + other.mlp()) / 2,
        (one.queryKey() + other.queryKey()) / 2,
        (one.valueOutput() + other.valueOutput()) / 2,
        one.scores());
  }

  private static Parts ours(SortCriteria criteria, DecisionData data, Path gram)
      throws IOException {
    BlockDecider decider = new BlockDecider(criteria);
    double queryKey = seconds(() -> queryKey(data));
    double attention =
        seconds(() -> decider.decide(data.attentionBlock(), data.attention(), data.weights()));
    List<Double> scores = new ArrayList<>();
    double mlp;
    try (SafetensorsFile file = GramFile.open(gram);
        Peak peak = Peak.start()) {
      StatisticReader reader = StatisticReader.of(file);
      mlp = seconds(() -> scores.addAll(mlp(decider, data, reader)));
      note("ours, MLP by " + criteria.mlp().label(), mlp, peak);
    }
    return new Parts(mlp, queryKey, Math.max(0, attention - queryKey), scores);
  }

  private static List<Double> mlp(BlockDecider decider, DecisionData data, StatisticReader reader) {
    BlockDecision decision =
        decider.decide(data.mlpBlock(), Map.of(Site.DOWN_INPUT, reader), data.weights());
    return decision.orders().get(0).scores();
  }

  private static double[][] queryKey(DecisionData data) {
    Attention attention = (Attention) data.attentionBlock().mixer();
    Statistic queries = data.attention().get(Site.QUERY);
    Statistic keys = data.attention().get(Site.KEY);
    double[][] scores = new double[attention.layout().kvHeads()][];
    for (int head = 0; head < scores.length; head++) {
      scores[head] = QueryKeyOrder.channelScores(queries, keys, attention, head);
    }
    return scores;
  }

  private static Parts published(DecisionData data, Path gram) throws IOException {
    double queryKey = seconds(() -> PublishedDecision.queryKey(data.queryGrams(), data.keyGrams()));
    double valueOutput;
    List<Double> scores = new ArrayList<>();
    double mlp;
    try (PointerScope scope = new PointerScope()) {
      Tensor input = data.inputCorrelation();
      valueOutput = seconds(() -> PublishedDecision.valueOutput(input, data.values()));
    }
    try (PointerScope scope = new PointerScope();
        SafetensorsFile file = GramFile.open(gram)) {
      Tensor correlation = single(StatisticReader.of(file));
      try (Peak peak = Peak.start()) {
        mlp = seconds(() -> scores.addAll(Scores.list(PublishedDecision.mlp(correlation))));
        note("published, MLP", mlp, peak);
      }
    }
    return new Parts(mlp, queryKey, valueOutput, scores);
  }

  private static Tensor single(StatisticReader reader) {
    return Scopes.keep(() -> Tensors.toFloat(reader.correlation()));
  }

  private static double seconds(Supplier<?> work) {
    long start = System.nanoTime();
    Object result = work.get();
    double seconds = (System.nanoTime() - start) * 1e-9;
    assertThat(result).isNotNull();
    return seconds;
  }

  /** Both compute the leverage of the same matrix, one of them in F32. */
  private static void assertClose(List<Double> actual, List<Double> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.size(); i++) {
      worst = Math.max(worst, Math.abs(actual.get(i) - expected.get(i)));
    }
    System.out.printf(Locale.ROOT, "leverage scores differ by %.1e at most%n", worst);
    assertThat(worst).isLessThan(1e-2);
  }

  private static void note(String what, double seconds, Peak peak) {
    System.out.printf(Locale.ROOT, "%s: %.2f s, %s%n", what, seconds, peak);
  }

  private static void print(Measured measured) {
    Parts theirs = measured.published();
    System.out.printf(
        Locale.ROOT,
        "scale %d, one thread, OpenBLAS kernels for %s%n%-28s %10s %10s %8s%n",
        SCALE,
        openblas_full.openblas_get_corename().getString(),
        "part",
        "published",
        "ours",
        "ratio");
    Parts ours = measured.ours();
    row("MLP (output error)", theirs.mlp(), ours.mlp());
    row("query-key", theirs.queryKey(), ours.queryKey());
    row("value-output", theirs.valueOutput(), ours.valueOutput());
    row("all", theirs.all(), ours.all());
    row("MLP (ridge leverage)", theirs.mlp(), measured.leverage().mlp());
    row("all, with ridge leverage", theirs.all(), measured.leverage().all());
  }

  private static void row(String part, double theirs, double ours) {
    System.out.printf(
        Locale.ROOT, "%-28s %8.3f s %8.3f s %7.1fx%n", part, theirs, ours, theirs / ours);
  }
}
