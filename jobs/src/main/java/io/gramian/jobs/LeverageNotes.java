package io.gramian.jobs;

import io.gramian.spark.run.LeverageSummary;
import java.io.PrintWriter;
import java.util.Locale;

/** How far the scores of MLP channels can be relied on that come from singular values. */
final class LeverageNotes {

  /** A tenth of the range of scores: from here on channels of the middle may change places. */
  private static final double LARGE = 0.1;

  private LeverageNotes() {}

  static void print(LeverageSummary leverage, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "%nMLP channels scored by %d singular values, each score off by %.2g at most%s%n",
        leverage.singularValues(),
        leverage.worstError(),
        leverage.worstError() > LARGE
            ? ": a larger --mlp-singular-values brings it nearer to the exact order"
            : "");
  }
}
