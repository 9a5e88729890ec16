package io.gramian.spark.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutorMemoryTest {

  private static final long MEBI = 1L << 20;

  private static SparkConf conf(String... settings) {
    SparkConf conf = new SparkConf(false);
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      conf.set(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return conf;
  }

  @Test
  void hasSparksDefaultsUnlessTold() {
    assertThat(ExecutorMemory.of(conf(), "yarn"))
        .isEqualTo(new ExecutorMemory(1024 * MEBI, 384 * MEBI, 1, false));
  }

  @Test
  void heedsTheSettings() {
    assertThat(
            ExecutorMemory.of(
                conf(
                    "spark.executor.memory=6g",
                    "spark.executor.memoryOverheadFactor=0.5",
                    "spark.executor.cores=8",
                    "spark.task.cpus=2"),
                "spark://host:7077"))
        .isEqualTo(new ExecutorMemory(6144 * MEBI, 3072 * MEBI, 4, false));
    assertThat(
            ExecutorMemory.of(
                    conf("spark.executor.memory=6g", "spark.executor.memoryOverhead=700"), "yarn")
                .outside())
        .as("an overhead is in MiB")
        .isEqualTo(700 * MEBI);
  }

  @ParameterizedTest
  @CsvSource({"local,1", "local[3],3", "'local[13,4]',13"})
  void aLocalMasterIsThisProcess(String master, int tasks) {
    ExecutorMemory memory = ExecutorMemory.of(conf("spark.executor.memory=77g"), master);
    assertThat(memory.tasks()).isEqualTo(tasks);
    assertThat(memory.local()).isTrue();
    assertThat(memory.heap()).isEqualTo(Runtime.getRuntime().maxMemory());
  }

  @Test
  void allCoresAreThoseOfTheMachine() {
    assertThat(ExecutorMemory.of(conf(), "local[*]").tasks())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }
}
