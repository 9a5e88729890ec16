package io.gramian.jobs;

import io.gramian.edge.EdgeModel;
import io.gramian.edge.profile.ProfileSettings;
import io.gramian.edge.profile.SessionProfile;
import io.gramian.model.KeepRatio;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;

/** Prints a line a width, each when it has been measured. */
final class ProfileTable {

  private static final double MILLIS = 1e3;

  private final PrintWriter out;
  private final boolean compared;
  private OptionalDouble reference = OptionalDouble.empty();

  /**
   * A table.
   *
   * @param compared whether the first row is what the others are compared with
   */
  ProfileTable(PrintWriter out, boolean compared) {
    this.out = out;
    this.compared = compared;
  }

  /**
   * A width.
   *
   * @param read bytes of weights that a token reads
   * @param caches bytes of them
   */
  record Row(String weights, KeepRatio ratio, long read, long caches, SessionProfile profile) {}

  void begin(EdgeModel model, ProfileSettings settings) {
    out.printf(
        Locale.ROOT,
        "%s; %d %s; a prompt of %,d tokens and %,d more%n",
        model.kernels().reason(),
        model.threads(),
        model.threads() == 1 ? "thread" : "threads",
        settings.promptTokens(),
        settings.tokens());
    out.printf(
        "%n%-8s %6s %16s %15s %13s %12s %10s%s%n",
        "weights",
        "keep",
        "bytes a token",
        "caches, bytes",
        "first token",
        "each more",
        "tokens/s",
        compared ? "   faster" : "");
    out.flush();
  }

  void print(Row row) {
    SessionProfile profile = row.profile();
    out.printf(
        Locale.ROOT,
        "%-8s %6.2f %,16d %,15d %10.2f ms %9.3f ms %10.1f%s%n",
        row.weights(),
        row.ratio().value(),
        row.read(),
        row.caches(),
        MILLIS * profile.secondsToFirstToken(),
        MILLIS * profile.secondsPerToken(),
        profile.tokensPerSecond(),
        compared ? faster(profile.secondsPerToken()) : "");
    out.flush();
  }

  /** Against the first row. */
  private String faster(double seconds) {
    if (reference.isEmpty()) {
      reference = OptionalDouble.of(seconds);
    }
    return String.format(Locale.ROOT, " %7.2fx", reference.getAsDouble() / seconds);
  }
}
