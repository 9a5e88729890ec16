package io.gramian.spark.run;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.RunManifest;
import io.gramian.spark.storage.HadoopDirectory;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/** SHA-256 of files, read by tasks where the data is rather than by the driver. */
final class InputChecksums {

  private InputChecksums() {}

  /** Digest by file name within {@code folder}. */
  static SortedMap<String, String> of(
      JavaSparkContext spark, HadoopDirectory folder, List<String> files) {
    return files.isEmpty()
        ? new TreeMap<>()
        : new TreeMap<>(
            spark
                .parallelize(files, files.size())
                .mapToPair(file -> new Tuple2<>(file, Checksum.of(folder, file).sha256()))
                .collectAsMap());
  }

  /** One digest for a set of files and their names. */
  static String combined(SortedMap<String, String> digests) {
    StringBuilder text = new StringBuilder();
    digests.forEach((name, digest) -> text.append(digest).append(' ').append(name).append('\n'));
    return Ingredients.Sha256.of(text.toString());
  }

  /** Digest and size of files just written. */
  static List<RunManifest.Output> outputs(
      JavaSparkContext spark, HadoopDirectory run, List<String> files) {
    if (files.isEmpty()) {
      return List.of();
    }
    return spark
        .parallelize(files, files.size())
        .map(file -> new Tuple2<>(file, Checksum.of(run, file)))
        .map(entry -> new Object[] {entry._1(), entry._2().sha256(), entry._2().bytes()})
        .collect()
        .stream()
        .map(cells -> new RunManifest.Output((String) cells[0], (String) cells[1], (Long) cells[2]))
        .toList();
  }
}
