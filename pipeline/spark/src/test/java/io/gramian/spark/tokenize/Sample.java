package io.gramian.spark.tokenize;

import io.gramian.spark.storage.HadoopDirectory;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;

/** The sample model and text in {@code calibration-data/}. */
final class Sample {

  static final Path MODEL =
      Path.of(System.getProperty("gramian.root"), "calibration-data", "llama-tiny");

  static final Path VALIDATION = MODEL.resolveSibling("text").resolve("public-domain.valid.jsonl");

  private Sample() {}

  static HadoopDirectory directory(Path path) {
    return HadoopDirectory.of(path.toString(), new Configuration());
  }
}
