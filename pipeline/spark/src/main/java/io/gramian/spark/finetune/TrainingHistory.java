package io.gramian.spark.finetune;

import io.gramian.compress.finetune.StepResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What training has seen so far: every step and every check, in order. Grows. */
public final class TrainingHistory implements Serializable {

  private static final long serialVersionUID = 1L;

  private final ArrayList<StepResult> steps;
  private final ArrayList<HeldOutLoss> checks;

  /** Begins with what came before; both lists may be empty. */
  TrainingHistory(List<StepResult> steps, List<HeldOutLoss> checks) {
    this.steps = new ArrayList<>(steps);
    this.checks = new ArrayList<>(checks);
  }

  void add(StepResult step) {
    steps.add(step);
  }

  void add(List<HeldOutLoss> losses) {
    checks.addAll(losses);
  }

  /** All steps, in order. */
  public List<StepResult> steps() {
    return List.copyOf(steps);
  }

  /** All checks, in order; each is one entry a width. */
  public List<HeldOutLoss> checks() {
    return List.copyOf(checks);
  }

  /** Whether the adapters were checked after that many updates. */
  boolean isCheckedAfter(long updates) {
    return checks.stream().anyMatch(check -> check.updates() == updates);
  }

  /** The latest check's loss, mean over the widths. */
  OptionalDouble latestCheck() {
    Map<Long, Double> losses = meanLosses(checks);
    return losses.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(new TreeMap<>(losses).lastEntry().getValue());
  }

  /** {@link #bestOf} all checks. */
  long best() {
    return bestOf(checks);
  }

  /**
   * After how many updates the loss, mean over the widths, was lowest; the fewest among equals.
   *
   * @throws java.util.NoSuchElementException if there was no check
   */
  public static long bestOf(List<HeldOutLoss> checks) {
    return meanLosses(checks).entrySet().stream()
        .min(Map.Entry.<Long, Double>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .orElseThrow()
        .getKey();
  }

  private static Map<Long, Double> meanLosses(List<HeldOutLoss> checks) {
    return checks.stream()
        .collect(
            Collectors.groupingBy(
                HeldOutLoss::updates, Collectors.averagingDouble(HeldOutLoss::loss)));
  }
}
