package io.gramian.jobs.console;

import io.gramian.spark.progress.ProgressListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * One line for every ten per cent of a phase, and no more than one a second but for the last, for
 * logs that keep what they are given:
 *
 * <pre>{@code calibrate: 30 % (39 of 128), 1 min 05 s so far, 2 min 32 s left}</pre>
 *
 * <p>A phase that has something to say is heard at least once a minute, and the line ends in it:
 *
 * <pre>{@code
 * finetune: 31 % (248 of 800), 9 min 12 s so far, 20 min 28 s left; loss 3.2101 at 0.70
 * }</pre>
 *
 * <p>The time left assumes that the rest goes as fast as what is done: {@code elapsed * (total -
 * done) / done}.
 */
final class ProgressLines implements ProgressListener {

  private static final int STEP_PERCENT = 10;
  private static final long LEAST_NANOS = 1_000_000_000;
  private static final long MINUTE_NANOS = 60 * LEAST_NANOS;

  private final PrintWriter log;
  private final LongSupplier nanoTime;
  private String phase = "";
  private String detail = "";
  private long total;
  private long began;
  private long printedPercent;
  private long printedAt;

  ProgressLines(PrintWriter log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
  }

  @Override
  public void phaseStarted(String name, long totalUnits) {
    phase = name;
    detail = "";
    total = totalUnits;
    began = nanoTime.getAsLong();
    printedPercent = 0;
    printedAt = began;
  }

  @Override
  public void advanced(long unitsDone) {
    long percent = total == 0 ? 0 : unitsDone * 100 / total;
    long step = percent - percent % STEP_PERCENT;
    long now = nanoTime.getAsLong();
    boolean nextStep =
        step > printedPercent && (unitsDone == total || now - printedAt >= LEAST_NANOS);
    if (nextStep || (!detail.isEmpty() && now - printedAt >= MINUTE_NANOS)) {
      printedPercent = step;
      printedAt = now;
      log.println(line(percent, unitsDone, now - began));
    }
  }

  @Override
  public void detail(String text) {
    detail = text;
  }

  @Override
  public void phaseFinished() {}

  private String line(long percent, long done, long elapsed) {
    double left = (double) elapsed * (total - done) / done;
    String time =
        done == total
            ? text(elapsed)
            : "%s so far, %s left".formatted(text(elapsed), text(Math.round(left)));
    return String.format(
        Locale.ROOT,
        "%s: %d %% (%,d of %,d), %s%s",
        phase,
        percent,
        done,
        total,
        time,
        detail.isEmpty() ? "" : "; " + detail);
  }

  /** The two leading units of a time span: {@code 2 h 05 min}, {@code 3 min 07 s}, {@code 12 s}. */
  static String text(long nanos) {
    Duration time = Duration.ofNanos(nanos);
    if (time.toHours() > 0) {
      return String.format(Locale.ROOT, "%d h %02d min", time.toHours(), time.toMinutesPart());
    }
    if (time.toMinutes() > 0) {
      return String.format(Locale.ROOT, "%d min %02d s", time.toMinutes(), time.toSecondsPart());
    }
    return String.format(Locale.ROOT, "%d s", time.toSeconds());
  }
}
