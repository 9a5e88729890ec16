package io.gramian.jobs;

import io.gramian.spark.evaluate.Evaluation;
import io.gramian.spark.quantize.Quantize;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * What a person wants to know of a compressed model: how much smaller each width is than the model
 * in BF16, embedding and head included, and what that costs.
 *
 * @param stages of the run as scored, the model as it came first
 */
record CompressTable(List<Evaluation> stages) {

  private static final int BF16_BYTES = 2;

  void print(PrintWriter out) {
    out.printf(
        "%n%-10s %6s %15s %8s %11s %8s %7s %8s%n",
        "weights", "keep", "bytes", "smaller", "perplexity", "change", "top-1", "change");
    print(out, "dense BF16", dense(), whole());
    stages.stream()
        .filter(stage -> stage.stage().equals(Quantize.QUANTIZED))
        .forEach(stage -> print(out, "4 bits", stage, stage.bytes()));
    out.printf(Locale.ROOT, "%n%,d predictions of held-out text%n", dense().tokens());
  }

  private Evaluation dense() {
    return stages.get(0);
  }

  private long whole() {
    return BF16_BYTES * dense().parameters();
  }

  private void print(PrintWriter out, String weights, Evaluation stage, long bytes) {
    out.printf(
        Locale.ROOT,
        "%-10s %6.2f %,15d %7.2fx %11.3f %+7.1f%% %7.4f %+7.1f%%%n",
        weights,
        stage.keepRatio(),
        bytes,
        (double) whole() / bytes,
        stage.perplexity(),
        100 * (stage.perplexity() / dense().perplexity() - 1),
        stage.top1Accuracy(),
        100 * (stage.top1Accuracy() / dense().top1Accuracy() - 1));
  }
}
