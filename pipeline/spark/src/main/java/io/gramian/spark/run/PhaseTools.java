package io.gramian.spark.run;

import io.gramian.spark.progress.ProgressListener;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What phases work with.
 *
 * @param settings of the pipeline
 * @param memory what phases may take
 */
record PhaseTools(
    SparkSession session,
    PipelineSettings settings,
    MemoryBudget memory,
    ProgressListener progress) {

  JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }
}
