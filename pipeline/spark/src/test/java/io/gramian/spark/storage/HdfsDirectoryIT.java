package io.gramian.spark.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real HDFS: one name node and one data node in this JVM. */
class HdfsDirectoryIT extends DirectoryContract {

  @TempDir private static Path temporary;

  private static final AtomicInteger FOLDERS = new AtomicInteger();

  private static TestHdfs hdfs;

  @BeforeAll
  static void start() throws IOException {
    hdfs = TestHdfs.start(temporary);
  }

  @AfterAll
  static void stop() {
    hdfs.close();
  }

  @Override
  HadoopDirectory folder() throws IOException {
    String path = hdfs.address() + "/run-" + FOLDERS.incrementAndGet();
    return HadoopDirectory.of(path, new Configuration());
  }

  @Test
  void errorsNameTheWholeAddress() throws IOException {
    assertThat(folder().name()).startsWith("hdfs://localhost:");
  }

  @Test
  void aPathWithoutSchemeLiesOnTheDefaultFileSystem() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set("fs.defaultFS", hdfs.address());

    HadoopDirectory folder = HadoopDirectory.of("/models/x", configuration);

    assertThat(folder.name()).isEqualTo(hdfs.address() + "/models/x");
  }
}
