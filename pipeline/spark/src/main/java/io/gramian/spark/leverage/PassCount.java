package io.gramian.spark.leverage;

import io.gramian.spark.progress.ProgressListener;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;

/**
 * Tells how many passes an MLP has taken: nobody knows beforehand how many it will, but a bar that
 * stands still for long should say that something goes on.
 */
final class PassCount extends SparkListener implements AutoCloseable {

  private final JavaSparkContext spark;
  private final ProgressListener listener;
  private final String subject;
  private long passes;
  private boolean closed;

  private PassCount(JavaSparkContext spark, ProgressListener listener, String subject) {
    this.spark = spark;
    this.listener = listener;
    this.subject = subject;
  }

  /** Counts jobs until {@link #close}, each of which is a pass. */
  static PassCount start(JavaSparkContext spark, ProgressListener listener, String subject) {
    PassCount count = new PassCount(spark, listener, subject);
    spark.sc().addSparkListener(count);
    return count;
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd end) {
    passes++;
    if (!closed) {
      listener.detail(subject + ": " + passes + " passes");
    }
  }

  /** Spark delivers events late: what comes after this is not told. */
  @Override
  public void close() {
    spark.sc().removeSparkListener(this);
    synchronized (this) {
      closed = true;
    }
  }
}
