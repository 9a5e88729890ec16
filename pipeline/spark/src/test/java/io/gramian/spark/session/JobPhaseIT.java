package io.gramian.spark.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class JobPhaseIT {

  private final JavaSparkContext spark = TestSession.context();

  @Test
  void namesTheJobsItHolds() throws Exception {
    try (JobPhase phase = JobPhase.begin(spark, "count apples", "two jobs")) {
      spark.parallelize(List.of(1, 2, 3)).count();
      spark.parallelize(List.of(4)).count();
      spark.sc().listenerBus().waitUntilEmpty();
      assertThat(phase.jobIds()).hasSize(2).isSorted();
      assertThat(phase.name()).isEqualTo("count apples");
    }
    spark.parallelize(List.of(5)).count();
    spark.sc().listenerBus().waitUntilEmpty();
    assertThat(spark.statusTracker().getJobIdsForGroup("count apples")).hasSize(2);
  }

  @Test
  void restoresTheFormerGroup() {
    try (JobPhase outer = JobPhase.begin(spark, "outer", "outside")) {
      try (JobPhase inner = JobPhase.begin(spark, "inner", "inside")) {
        assertThat(group()).isEqualTo(inner.name());
        assertThat(spark.getLocalProperty("spark.job.description")).isEqualTo("inside");
      }
      assertThat(group()).isEqualTo(outer.name());
      assertThat(spark.getLocalProperty("spark.job.description")).isEqualTo("outside");
    }
    assertThat(group()).isNull();
  }

  private String group() {
    return spark.getLocalProperty("spark.jobGroup.id");
  }
}
