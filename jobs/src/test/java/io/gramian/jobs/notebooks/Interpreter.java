package io.gramian.jobs.notebooks;

import java.util.Arrays;
import java.util.Optional;

/** What our notes are written in. */
enum Interpreter {
  MARKDOWN("md"),
  SCALA("spark"),
  SQL("spark.sql");

  private final String label;

  Interpreter(String label) {
    this.label = label;
  }

  /** The one that Zeppelin calls so. */
  static Optional<Interpreter> of(String label) {
    return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
  }
}
