package io.gramian.spark.run;

import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.RunManifest;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
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

  /** Digest by full path, for files that need not share a folder. */
  static SortedMap<String, String> of(JavaSparkContext spark, List<String> paths) {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    return new TreeMap<>(
        spark
            .parallelize(paths, paths.size())
            .mapToPair(path -> new Tuple2<>(path, digest(new Path(path), hadoop.value().value())))
            .collectAsMap());
  }

  private static String digest(Path path, Configuration hadoop) throws IOException {
    HadoopDirectory folder = HadoopDirectory.of(path.getParent().toString(), hadoop);
    return Checksum.of(folder, path.getName()).sha256();
  }

  /** One digest for many, in the order given; where the files lie does not matter. */
  static String combined(Collection<String> digests) {
    return Ingredients.Sha256.of(String.join("\n", digests));
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

  /** The first output of a phase that is not as the manifest says, if there is one. */
  static Optional<String> firstChanged(
      JavaSparkContext spark, HadoopDirectory run, RunManifest.Phase phase) {
    List<String> present = new ArrayList<>();
    for (RunManifest.Output output : phase.outputs()) {
      try {
        if (!run.exists(output.file())) {
          return Optional.of(output.file());
        }
      } catch (IOException e) {
        return Optional.of(output.file());
      }
      present.add(output.file());
    }
    List<RunManifest.Output> found = outputs(spark, run, present);
    return phase.outputs().stream()
        .filter(output -> !found.contains(output))
        .map(RunManifest.Output::file)
        .findFirst();
  }
}
