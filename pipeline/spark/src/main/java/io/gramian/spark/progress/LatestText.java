package io.gramian.spark.progress;

import org.apache.spark.util.AccumulatorV2;

/**
 * A text that travels with executor heartbeats: what a task set last. Meant for one task of a
 * phase; where several set texts, one of them is kept.
 */
public final class LatestText extends AccumulatorV2<String, String> {

  private static final long serialVersionUID = 1L;

  /** Written by the task's thread, read by the heartbeat's. */
  private volatile String text;

  /** No text yet. */
  LatestText() {
    this("");
  }

  private LatestText(String text) {
    this.text = text;
  }

  /** Replaces the text. */
  @Override
  public void add(String latest) {
    text = latest;
  }

  @Override
  public void merge(AccumulatorV2<String, String> other) {
    if (!other.isZero()) {
      text = other.value();
    }
  }

  @Override
  public String value() {
    return text;
  }

  @Override
  public boolean isZero() {
    return text.isEmpty();
  }

  @Override
  public AccumulatorV2<String, String> copy() {
    return new LatestText(text);
  }

  @Override
  public void reset() {
    text = "";
  }
}
