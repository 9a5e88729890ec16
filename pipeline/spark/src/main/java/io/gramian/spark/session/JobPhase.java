package io.gramian.spark.session;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A named stretch of work: the jobs that the calling thread starts while it is open form one job
 * group of the Spark UI.
 *
 * <pre>{@code
 * try (JobPhase phase = JobPhase.begin(sc, "tokenize", "cut 400 documents into sequences")) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Phases nest: closing one restores the group that was set before. Begin and close on the same
 * thread, since Spark keeps the group in the thread's local properties.
 */
public final class JobPhase implements AutoCloseable {

  private static final String GROUP = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";

  private final JavaSparkContext spark;
  private final String name;
  private final String formerGroup;
  private final String formerDescription;

  private JobPhase(JavaSparkContext spark, String name) {
    this.spark = spark;
    this.name = name;
    this.formerGroup = spark.getLocalProperty(GROUP);
    this.formerDescription = spark.getLocalProperty(DESCRIPTION);
  }

  /**
   * Opens a phase.
   *
   * @param name the job group, the same as in the log, on the progress line and in the manifest
   * @param description one line for the Spark UI
   */
  public static JobPhase begin(JavaSparkContext spark, String name, String description) {
    JobPhase phase = new JobPhase(spark, name);
    spark.setLocalProperty(GROUP, name);
    spark.setLocalProperty(DESCRIPTION, description);
    return phase;
  }

  /** The job group. */
  public String name() {
    return name;
  }

  /**
   * Ids of the Spark jobs that this application ran in groups of this name so far, ascending.
   * Spark's listeners learn of a job a moment after it starts, so ask when the work is done.
   */
  public List<Integer> jobIds() {
    return Arrays.stream(spark.statusTracker().getJobIdsForGroup(name)).sorted().boxed().toList();
  }

  @Override
  public void close() {
    spark.setLocalProperty(GROUP, formerGroup);
    spark.setLocalProperty(DESCRIPTION, formerDescription);
  }
}
