package io.gramian.spark.progress;

/**
 * Hears how far the work has come. Calls may come from several threads, but never two at a time,
 * and are expected to return at once.
 */
public interface ProgressListener {

  /** Hears everything and does nothing. */
  ProgressListener SILENT =
      new ProgressListener() {
        @Override
        public void phaseStarted(String name, long totalUnits) {}

        @Override
        public void advanced(long unitsDone) {}

        @Override
        public void phaseFinished() {}
      };

  /**
   * A phase begins.
   *
   * @param name the name of its job group
   * @param totalUnits how much work it is, in units of the phase's own (bytes, sequences, ...)
   */
  void phaseStarted(String name, long totalUnits);

  /**
   * The phase came on.
   *
   * @param unitsDone units done since the phase began; grows from call to call and never exceeds
   *     the total
   */
  void advanced(long unitsDone);

  /**
   * Where the phase stands, in a few words of its own, such as a loss. A later text replaces an
   * earlier one; a phase that has none never calls this.
   */
  default void detail(String text) {}

  /** The phase ended, whether it succeeded or failed. */
  void phaseFinished();
}
