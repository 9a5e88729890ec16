package io.gramian.spark.session;

import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The one Spark session of a test JVM: {@code local[2]}, nothing written outside {@code target/}.
 * It lives as long as the JVM, since opening one costs seconds and a JVM can hold only one.
 */
public final class TestSession {

  private static final String TARGET = System.getProperty("user.dir") + "/target";

  private TestSession() {}

  /** The session, opened by whoever asks first. */
  public static SparkSession get() {
    return Holder.SESSION;
  }

  /** The session's context. */
  public static JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(get().sparkContext());
  }

  private static final class Holder {
    private static final SparkSession SESSION =
        GramianSession.open(
            "gramian tests",
            Map.of(
                "spark.master", "local[2]",
                "spark.ui.enabled", "false",
                "spark.driver.host", "127.0.0.1",
                "spark.local.dir", TARGET + "/spark-local",
                "spark.sql.warehouse.dir", TARGET + "/spark-warehouse"));
  }
}
