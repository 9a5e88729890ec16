package io.gramian.spark.report;

import io.gramian.spark.report.Series.Look;
import io.gramian.spark.report.Series.Point;
import io.gramian.spark.report.Table.Column;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What the run's scores show: dense against compressed, quality against width. */
final class ScoreSections {

  private static final String WIDTH = "keep ratio (fraction of units kept)";

  private final List<Score> scores;
  private final Optional<Score> dense;

  ScoreSections(List<Score> scores) {
    this.scores = List.copyOf(scores);
    this.dense = scores.stream().filter(s -> s.kind() == Score.Kind.DENSE).findFirst();
  }

  /** Dense, the artifact, and the best of what is not in 4 bits; each from wide to narrow. */
  Optional<Table> glance() {
    if (scores.isEmpty()) {
      return Optional.empty();
    }
    List<List<String>> rows = new ArrayList<>();
    dense.ifPresent(score -> rows.add(glance(withKnownSize(score))));
    best(kind -> kind == Score.Kind.ARTIFACT).forEach(score -> rows.add(glance(score)));
    best(kind -> kind == Score.Kind.STAGE || kind == Score.Kind.ABLATION)
        .forEach(score -> rows.add(glance(score)));
    return Optional.of(
        Table.of(
            "Dense against compressed: the artifact, then the best model of each width",
            List.of(
                Column.text("Model"),
                Column.number("Keep ratio"),
                Column.number("Perplexity"),
                Column.number("Against dense"),
                Column.number("Top-1"),
                Column.number("Parameters"),
                Column.number("BF16 weights"),
                Column.number("Stored tensors"),
                Column.number("Smaller than BF16")),
            rows));
  }

  private Collection<Score> best(Predicate<Score.Kind> kinds) {
    Map<Double, Score> best = new TreeMap<>(Comparator.reverseOrder());
    scores.stream()
        .filter(score -> kinds.test(score.kind()))
        .forEach(s -> best.merge(s.keepRatio(), s, ScoreSections::better));
    return best.values();
  }

  private static Score better(Score one, Score other) {
    return other.quality().perplexity() < one.quality().perplexity() ? other : one;
  }

  /** The dense model may stand in both tables, and only one of them may say how large it is. */
  private Score withKnownSize(Score score) {
    List<Score.Size> sizes =
        scores.stream().filter(s -> s.kind() == Score.Kind.DENSE).map(Score::size).toList();
    Score.Size all =
        new Score.Size(
            sizes.stream().flatMapToLong(size -> size.parameters().stream()).findFirst(),
            sizes.stream().flatMapToLong(size -> size.stored().stream()).findFirst());
    return new Score(
        score.curve(), score.kind(), score.allocation(), score.keepRatio(), score.quality(), all);
  }

  private List<String> glance(Score score) {
    double perplexity = score.quality().perplexity();
    String change =
        dense
            .map(d -> Numerals.signed(100 * (perplexity / d.quality().perplexity() - 1), 1) + " %")
            .orElse(Table.NONE);
    return List.of(
        score.curve(),
        Numerals.fixed(score.keepRatio(), 2),
        Numerals.fixed(perplexity, 3),
        score.kind() == Score.Kind.DENSE ? Table.NONE : change,
        Numerals.percent(score.quality().top1()),
        Numerals.count(score.size().parameters()),
        Numerals.bytes(score.size().bf16()),
        Numerals.bytes(score.size().stored()),
        smaller(score));
  }

  /** How many times smaller than the dense model in BF16. */
  private String smaller(Score score) {
    OptionalLong all = dense.map(d -> withKnownSize(d).size().bf16()).orElse(OptionalLong.empty());
    OptionalLong stored = score.size().stored();
    return all.isPresent() && stored.isPresent()
        ? Numerals.fixed((double) all.getAsLong() / stored.getAsLong(), 2) + "x"
        : Table.NONE;
  }

  /** Perplexity and top-1 accuracy, if more than one width was scored. */
  List<Chart> quality() {
    if (scores.stream().map(Score::keepRatio).distinct().count() < 2) {
      return List.of();
    }
    List<Series> perplexity = curves(score -> score.quality().perplexity());
    List<Series> top1 = curves(score -> 100 * score.quality().top1());
    return List.of(
        new Chart(
            "perplexity",
            "Perplexity against width",
            "Perplexity of held-out text, lower is better; one curve a set of criteria or a stage.",
            Axis.linear(WIDTH),
            Axis.fitting("perplexity", perplexity),
            perplexity,
            numbers("Perplexity and loss", Column.number("Perplexity"), Column.number("Loss, nats"))
                .of(
                    score ->
                        List.of(
                            Numerals.fixed(score.quality().perplexity(), 3),
                            Numerals.fixed(score.quality().loss(), 4)))),
        new Chart(
            "top-1",
            "Top-1 accuracy against width",
            "Share of held-out tokens whose likeliest prediction was right, higher is better.",
            Axis.linear(WIDTH),
            Axis.linear("top-1 accuracy, %"),
            top1,
            numbers("Top-1 accuracy", Column.number("Top-1"), Column.number("Tokens scored"))
                .of(
                    score ->
                        List.of(
                            Numerals.percent(score.quality().top1()),
                            Numerals.count(score.quality().tokens())))));
  }

  private List<Series> curves(ToDoubleFunction<Score> value) {
    List<Series> curves = new ArrayList<>();
    Map<String, List<Score>> byCurve =
        scores.stream()
            .filter(score -> score.kind() != Score.Kind.DENSE)
            .collect(Collectors.groupingBy(Score::curve, LinkedHashMap::new, Collectors.toList()));
    byCurve.forEach(
        (name, own) ->
            curves.add(
                new Series(
                    name,
                    Look.MARKED,
                    own.stream()
                        .sorted(Comparator.comparingDouble(Score::keepRatio))
                        .map(score -> new Point(score.keepRatio(), value.applyAsDouble(score)))
                        .toList())));
    dense.ifPresent(score -> curves.add(reference(value.applyAsDouble(score))));
    return curves;
  }

  /** The dense model's value, across all widths. */
  private Series reference(double value) {
    double narrowest = scores.stream().mapToDouble(Score::keepRatio).min().orElse(1);
    return new Series(
        "dense", Look.REFERENCE, List.of(new Point(narrowest, value), new Point(1, value)));
  }

  private Numbers numbers(String caption, Column first, Column second) {
    return new Numbers(caption, first, second);
  }

  /** A table with a row a score: curve, width, and two numbers. */
  private final class Numbers {

    private final String caption;
    private final List<Column> columns;

    Numbers(String caption, Column first, Column second) {
      this.caption = caption;
      this.columns = List.of(Column.text("Model"), Column.number("Keep ratio"), first, second);
    }

    Table of(java.util.function.Function<Score, List<String>> cells) {
      List<List<String>> rows = new ArrayList<>();
      for (Score score : scores) {
        List<String> row = new ArrayList<>();
        row.add(score.curve());
        row.add(Numerals.fixed(score.keepRatio(), 2));
        row.addAll(cells.apply(score));
        rows.add(row);
      }
      return Table.of(caption, columns, rows);
    }
  }
}
