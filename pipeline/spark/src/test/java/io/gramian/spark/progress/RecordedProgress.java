package io.gramian.spark.progress;

import java.util.ArrayList;
import java.util.List;

/** Writes down what it hears. */
public final class RecordedProgress implements ProgressListener {

  private final List<String> phases = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private final List<String> details = new ArrayList<>();

  @Override
  public synchronized void phaseStarted(String name, long totalUnits) {
    phases.add("+" + name + " " + totalUnits);
    counts.clear();
  }

  @Override
  public synchronized void advanced(long unitsDone) {
    counts.add(unitsDone);
    notifyAll();
  }

  @Override
  public synchronized void detail(String text) {
    details.add(text);
    notifyAll();
  }

  @Override
  public synchronized void phaseFinished() {
    phases.add("-" + (counts.isEmpty() ? 0 : counts.get(counts.size() - 1)));
  }

  /** {@code +name total} for each phase begun and {@code -done} for each ended, in order. */
  public synchronized List<String> phases() {
    return List.copyOf(phases);
  }

  /** The counts of the last phase. */
  public synchronized List<Long> counts() {
    return List.copyOf(counts);
  }

  /** What all phases said of themselves. */
  public synchronized List<String> details() {
    return List.copyOf(details);
  }

  /** Blocks until a phase has said something of itself. */
  synchronized void awaitDetail() throws InterruptedException {
    while (details.isEmpty()) {
      wait();
    }
  }

  /** Blocks until a count of the current phase has arrived. */
  synchronized void awaitCount() throws InterruptedException {
    while (counts.isEmpty()) {
      wait();
    }
  }
}
