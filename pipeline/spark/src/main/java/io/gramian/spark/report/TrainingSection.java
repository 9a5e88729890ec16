package io.gramian.spark.report;

import io.gramian.compress.finetune.StepResult;
import io.gramian.spark.finetune.HeldOutLoss;
import io.gramian.spark.finetune.TrainingHistory;
import io.gramian.spark.report.Page.Section;
import io.gramian.spark.report.Page.Selection;
import io.gramian.spark.report.Series.Look;
import io.gramian.spark.report.Series.Point;
import io.gramian.spark.report.Table.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the fine-tuning went: the loss of the steps, smoothed because every step is at another width,
 * and the loss of held-out text, a curve a width.
 */
final class TrainingSection {

  /** Points of the smoothed curve, and rows of its table. */
  private static final int POINTS = 160;

  private static final int ROWS = 20;

  /** The window of the mean is this fraction of the steps. */
  private static final int WINDOWS = 20;

  private static final String STEP = "step";
  private static final String LOSS = "loss, nats a token";

  private final List<StepResult> steps;
  private final List<HeldOutLoss> checks;

  /**
   * Of a run's tables.
   *
   * @param steps in order
   * @param checks in order
   */
  TrainingSection(List<StepResult> steps, List<HeldOutLoss> checks) {
    this.steps = List.copyOf(steps);
    this.checks = List.copyOf(checks);
  }

  /** The section; empty if nothing was trained. */
  Optional<Section> section() {
    return steps.isEmpty() || checks.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Section(
                "training",
                "Fine-tuning",
                "The adapters after step "
                    + Numerals.count(TrainingHistory.bestOf(checks))
                    + " were merged: their held-out loss, mean over the widths, is the lowest.",
                List.of(heldOut(), training()),
                Selection.ALL));
  }

  private Chart heldOut() {
    List<Series> series = new ArrayList<>();
    checks.stream()
        .sorted(Comparator.comparing(HeldOutLoss::ratio).reversed())
        .collect(
            Collectors.groupingBy(
                check -> "keep " + Numerals.fixed(check.ratio().value(), 2),
                LinkedHashMap::new,
                Collectors.toList()))
        .forEach((name, own) -> series.add(new Series(name, Look.MARKED, points(own))));
    return new Chart(
        "held-out-loss",
        "Held-out loss",
        "Loss of held-out text with the adapters of that step, one curve a width; step 0 is the"
            + " sorted model.",
        Axis.linear(STEP),
        Axis.linear(LOSS),
        series,
        Table.of(
            "Held-out loss",
            List.of(
                Column.number("Step"),
                Column.number("Keep ratio"),
                Column.number("Loss, nats"),
                Column.number("Perplexity"),
                Column.number("Tokens")),
            checks.stream().map(TrainingSection::cells).toList()));
  }

  private static List<Point> points(List<HeldOutLoss> losses) {
    return losses.stream()
        .sorted(Comparator.comparingLong(HeldOutLoss::updates))
        .map(loss -> new Point(loss.updates(), loss.loss()))
        .toList();
  }

  private static List<String> cells(HeldOutLoss check) {
    return List.of(
        Numerals.count(check.updates()),
        Numerals.fixed(check.ratio().value(), 2),
        Numerals.fixed(check.loss(), 4),
        Numerals.fixed(check.perplexity(), 3),
        Numerals.count(check.tokens()));
  }

  private Chart training() {
    int window = Math.max(1, steps.size() / WINDOWS);
    Series smoothed = new Series("training, all widths", Look.PLAIN, smoothed(window));
    return new Chart(
        "training-loss",
        "Training loss",
        window == 1
            ? "Loss of each step before its update."
            : "Loss before the update, mean over the "
                + Numerals.count(window)
                + " steps around each; every step is at a width of its own.",
        Axis.linear(STEP),
        Axis.linear(LOSS),
        List.of(smoothed),
        trainingTable());
  }

  /** Means over a window around evenly spaced steps; at the ends, over what there is of it. */
  private List<Point> smoothed(int window) {
    int count = Math.min(steps.size(), POINTS);
    return IntStream.range(0, count)
        .map(i -> count == 1 ? 0 : (int) Math.round((double) i * (steps.size() - 1) / (count - 1)))
        .mapToObj(
            at ->
                new Point(
                    at + 1,
                    mean(
                        steps.subList(
                            Math.max(0, at - window / 2),
                            Math.min(steps.size(), at - window / 2 + window)),
                        StepResult::loss)))
        .toList();
  }

  private static double mean(List<StepResult> stretch, ToDoubleFunction<StepResult> value) {
    return stretch.stream().mapToDouble(value).average().orElseThrow();
  }

  private Table trainingTable() {
    int length = Math.max(1, (steps.size() + ROWS - 1) / ROWS);
    List<List<String>> rows = new ArrayList<>();
    for (int from = 0; from < steps.size(); from += length) {
      rows.add(cells(steps.subList(from, Math.min(steps.size(), from + length))));
    }
    return Table.of(
        "Training by stretches",
        List.of(
            Column.text("Steps"),
            Column.number("Mean loss, nats"),
            Column.number("Mean keep ratio"),
            Column.number("Mean gradient norm"),
            Column.number("Last learning rate"),
            Column.number("Tokens")),
        rows);
  }

  private static List<String> cells(List<StepResult> stretch) {
    StepResult last = stretch.get(stretch.size() - 1);
    return List.of(
        Numerals.count(stretch.get(0).step() + 1) + " to " + Numerals.count(last.step() + 1),
        Numerals.fixed(mean(stretch, StepResult::loss), 4),
        Numerals.fixed(mean(stretch, step -> step.ratio().value()), 3),
        Numerals.digits(mean(stretch, StepResult::gradientNorm)),
        Numerals.digits(last.learningRate()),
        Numerals.count(stretch.stream().mapToLong(StepResult::tokens).sum()));
  }
}
