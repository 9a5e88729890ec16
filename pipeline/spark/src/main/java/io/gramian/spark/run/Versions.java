package io.gramian.spark.run;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.bytedeco.pytorch.Tensor;

/** What a run was made with. */
final class Versions {

  private Versions() {}

  static Map<String, String> of(JavaSparkContext spark) {
    Map<String, String> versions = new TreeMap<>();
    versions.put("gramian", implementation(Versions.class));
    versions.put("spark", spark.version());
    versions.put("java", System.getProperty("java.version"));
    versions.put("pytorch", implementation(Tensor.class));
    return versions;
  }

  private static String implementation(Class<?> type) {
    return Optional.ofNullable(type.getPackage().getImplementationVersion()).orElse("development");
  }
}
