package io.gramian.spark.finetune;

import io.gramian.checkpoint.UserException;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** How many workers train. All of them run at the same time, each on an equal share of a batch. */
final class Workers {

  private Workers() {}

  /**
   * Those that were asked for; else as many as run at a time, or the next lower number that divides
   * the batch.
   *
   * @param slots tasks that Spark can run at the same time
   * @throws UserException if it cannot run that many, or the batch cannot be shared out equally
   */
  static int choose(OptionalInt wanted, int batch, int slots) {
    if (wanted.isEmpty()) {
      return largestDivisor(batch, Math.max(1, slots));
    }
    requireSlots(wanted.getAsInt(), slots);
    requireShares(wanted.getAsInt(), batch);
    return wanted.getAsInt();
  }

  private static void requireSlots(int workers, int slots) {
    if (workers < 1) {
      throw new UserException(
          String.format(Locale.ROOT, "--workers %d: there must be at least 1", workers));
    }
    if (workers > slots) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%d workers train at the same time, but Spark has %d task slots: give --workers %d,"
                  + " or Spark more cores (--master local[%d], or spark.executor.instances times"
                  + " spark.executor.cores)",
              workers,
              slots,
              Math.max(1, slots),
              workers));
    }
  }

  private static void requireShares(int workers, int batch) {
    if (batch % workers != 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "a batch of %d sequences cannot be shared out equally over %d workers: give --batch"
                  + " %d, or --workers %d",
              batch,
              workers,
              (batch / workers + 1) * workers,
              largestDivisor(batch, workers)));
    }
  }

  private static int largestDivisor(int batch, int limit) {
    return IntStream.rangeClosed(1, limit).filter(n -> batch % n == 0).max().orElse(1);
  }
}
