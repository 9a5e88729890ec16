package io.gramian.spark.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class GramianSessionTest {

  @Test
  void fillsInWhatNobodySet() {
    SparkConf conf = GramianSession.configure(new SparkConf(false), "gramian tokenize", Map.of());

    assertThat(conf.get("spark.master")).isEqualTo("local[*]");
    assertThat(conf.get("spark.app.name")).isEqualTo("gramian tokenize");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("true");
    assertThat(conf.get("spark.ui.showConsoleProgress")).isEqualTo("false");
    assertThat(conf.get("spark.executor.heartbeatInterval")).isEqualTo("1s");
    assertThat(conf.get("spark.sql.session.timeZone")).isEqualTo("UTC");
  }

  @Test
  void sparkSubmitWinsOverTheDefaults() {
    SparkConf submitted =
        new SparkConf(false).set("spark.master", "spark://host:7077").set("spark.app.name", "mine");

    SparkConf conf = GramianSession.configure(submitted, "gramian", Map.of());

    assertThat(conf.get("spark.master")).isEqualTo("spark://host:7077");
    assertThat(conf.get("spark.app.name")).isEqualTo("mine");
  }

  @Test
  void theCallWinsOverSparkSubmit() {
    SparkConf submitted = new SparkConf(false).set("spark.ui.enabled", "true");

    SparkConf conf =
        GramianSession.configure(submitted, "gramian", Map.of("spark.ui.enabled", "false"));

    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
  }

  @Test
  void executorsGetWhatTheirMemoryAsksFor() {
    SparkConf submitted =
        new SparkConf(false)
            .set("spark.master", "yarn")
            .set("spark.executor.memory", "2g")
            .set("spark.executor.memoryOverhead", "1g");

    assertThat(executorOptions(submitted))
        .isEqualTo("-XX:G1HeapRegionSize=32m -Dorg.bytedeco.javacpp.maxPhysicalBytes=3221225472");
    assertThat(executorOptions(submitted.clone().set("spark.master", "local[2]"))).isEmpty();
  }

  @Test
  void whatExecutorsWereGivenIsKept() {
    String given = "-XX:+UseParallelGC -Dorg.bytedeco.javacpp.maxPhysicalBytes=7g -Dmine=1";
    SparkConf submitted =
        new SparkConf(false)
            .set("spark.master", "yarn")
            .set("spark.executor.extraJavaOptions", given);

    assertThat(executorOptions(submitted)).isEqualTo(given);
    submitted.set("spark.executor.extraJavaOptions", "-Dmine=1");
    assertThat(executorOptions(submitted)).startsWith("-Dmine=1 -XX:G1HeapRegionSize=32m -D");
  }

  private static String executorOptions(SparkConf submitted) {
    return GramianSession.configure(submitted.clone(), "gramian", Map.of())
        .get("spark.executor.extraJavaOptions", "");
  }
}
