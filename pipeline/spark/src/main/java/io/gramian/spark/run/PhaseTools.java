package io.gramian.spark.run;

import io.gramian.spark.progress.ProgressListener;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What phases work with.
 *
 * @param settings of the pipeline
 */
record PhaseTools(SparkSession session, PipelineSettings settings, ProgressListener progress) {

  JavaSparkContext spark() {
    return JavaSparkContext.fromSparkContext(session.sparkContext());
  }
}
