package io.gramian.spark.session;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Opens the Spark session that all verbs share.
 *
 * <p>Three sources, later ones winning: Gramian's defaults, {@code spark.*} system properties
 * (which is how {@code spark-submit} hands over its options and {@code spark-defaults.conf}), the
 * settings of the call.
 */
public final class GramianSession {

  /**
   * What Gramian wants unless told otherwise.
   *
   * <ul>
   *   <li>one second between heartbeats, because the progress bar lives on them; and ten minutes of
   *       failed ones, as Spark allows by default, before an executor gives itself up
   *   <li>UTC for SQL, so that no artifact depends on where the driver stands
   *   <li>shuffles as they are: nearly all that moves is the low bits of sums, of which LZ4 takes a
   *       seventh away for its time; and so what a job moves is what {@code plan} says
   *   <li>records that survive Kryo, should {@code spark.serializer} ask for it
   *   <li>no console bar of Spark's own: the command line draws one
   * </ul>
   */
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "spark.master", "local[*]",
          "spark.ui.enabled", "true",
          "spark.ui.showConsoleProgress", "false",
          "spark.executor.heartbeatInterval", "1s",
          "spark.executor.heartbeat.maxFailures", "600",
          "spark.shuffle.compress", "false",
          "spark.kryo.registrator", RecordRegistrator.class.getName(),
          "spark.sql.session.timeZone", "UTC");

  private GramianSession() {}

  /**
   * Opens a session, or returns the one that this JVM already has.
   *
   * @param applicationName shown in the Spark UI unless {@code spark.app.name} is set
   * @param settings Spark settings that win over all others, such as the command line's {@code
   *     --conf}
   */
  public static SparkSession open(String applicationName, Map<String, String> settings) {
    return SparkSession.builder()
        .config(configure(new SparkConf(), applicationName, settings))
        .getOrCreate();
  }

  /** Adds to {@code given} what it lacks, then lays {@code settings} over it. */
  public static SparkConf configure(
      SparkConf given, String applicationName, Map<String, String> settings) {
    DEFAULTS.forEach(given::setIfMissing);
    given.setIfMissing("spark.app.name", applicationName);
    settings.forEach(given::set);
    ExecutorOptions.addTo(given);
    return given;
  }
}
