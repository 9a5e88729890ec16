package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.RunManifest;
import io.gramian.model.fixture.RandomCheckpoint;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;

/**
 * Runs of {@code gramian compress} through spark-submit, on a small random model that lies in HDFS
 * with its text and its results.
 */
final class ClusterRuns implements AutoCloseable {

  private static final Path ROOT = ProcessRun.ROOT;

  /** What must not depend on where and how a run ran. */
  private static final List<String> FOLDERS =
      List.of("calibration", "statistics", "rank-orders", "sorted", "ratios", "quantized");

  /** What the cluster's own settings are too large for here: two executors of a core each. */
  private static final List<String> SIZES =
      List.of(
          "spark.ui.enabled=false",
          "spark.cores.max=2",
          "spark.executor.cores=1",
          "spark.executor.memory=1g",
          "spark.executor.memoryOverhead=512m",
          "spark.gramian.wave.memory=150k");

  private final Path folder;
  private final Path spark;
  private final MiniDFSCluster hdfs;

  private ClusterRuns(Path folder, Path spark, MiniDFSCluster hdfs) {
    this.folder = folder;
    this.spark = spark;
    this.hdfs = hdfs;
  }

  /** Starts HDFS in this JVM and puts model and text there. */
  static ClusterRuns in(Path folder) throws IOException {
    Path spark = folder.resolve("spark");
    SparkInstallation.assemble(spark);
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    MiniDFSCluster hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    hdfs.waitActive();
    ClusterRuns runs = new ClusterRuns(folder, spark, hdfs);
    runs.writeModel();
    runs.writeText("train", 60);
    runs.writeText("valid", 13);
    return runs;
  }

  private void writeModel() throws IOException {
    Map<String, Object> config = new HashMap<>(RandomConfigs.llamaGrouped());
    config.putAll(Map.of("vocab_size", 4096, "hidden_size", 64, "intermediate_size", 192));
    config.put("num_hidden_layers", 3);
    Path model = Files.createDirectories(folder.resolve("model"));
    RandomCheckpoint.of(config, 7).write(LocalDirectory.of(model));
    Files.copy(
        ROOT.resolve("calibration-data/llama-tiny/tokenizer.json"),
        model.resolve("tokenizer.json"));
    copy(model, "/model");
  }

  private void writeText(String part, int documents) throws IOException {
    Path text = ROOT.resolve("calibration-data/text/public-domain.train.jsonl");
    Path some = folder.resolve(part + ".jsonl");
    try (Stream<String> lines = Files.lines(text)) {
      Files.write(some, lines.limit(documents).toList());
    }
    copy(some, "/" + part + ".jsonl");
  }

  private void copy(Path from, String to) throws IOException {
    fileSystem().copyFromLocalFile(hadoop(from.toString()), hadoop(to));
  }

  private static org.apache.hadoop.fs.Path hadoop(String path) {
    return new org.apache.hadoop.fs.Path(path);
  }

  private FileSystem fileSystem() throws IOException {
    return hdfs.getFileSystem();
  }

  /** The Spark that the runs are submitted with. */
  Path spark() {
    return spark;
  }

  /** Where a run's results are. */
  private HadoopDirectory results(String run) {
    return HadoopDirectory.of(hdfs.getURI() + "/runs/" + run, new Configuration());
  }

  /** A process that compresses, and where it complains. */
  record Submitted(Process process, Path err) {

    String complaints() throws IOException {
      return Files.readString(err);
    }
  }

  /** Starts a run, or lets it go on where an earlier one was ended. */
  Submitted start(String run, String master, String... confs) throws IOException {
    List<String> command = new ArrayList<>(List.of(ROOT.resolve("jobs/bin/gramian").toString()));
    command.add("--master=" + master);
    command.add("--properties-file=" + ROOT.resolve("conf/clusters/standalone.conf"));
    SIZES.forEach(conf -> command.add("--conf=" + conf));
    Stream.of(confs).forEach(conf -> command.add("--conf=" + conf));
    command.addAll(
        List.of(
            "compress",
            "--model=" + hdfs.getURI() + "/model",
            "--calibration=" + hdfs.getURI() + "/train.jsonl",
            "--text=" + hdfs.getURI() + "/valid.jsonl",
            "--output=" + hdfs.getURI() + "/runs/" + run,
            "--profile=" + ROOT.resolve("conf/profiles/small.yaml"),
            "--keep=1.0,0.75",
            "--sequences=64",
            "--sequence-length=128"));
    Path err = folder.resolve(run + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve(run + ".out").toFile())
            .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("GRAMIAN_JAVA_OPTS", "-Xmx1g");
    return new Submitted(builder.start(), err);
  }

  /** Waits for a run's end, which must be a good one. */
  SortedMap<String, String> finished(String run, Submitted submitted) throws IOException {
    try {
      assertThat(submitted.process().waitFor()).as(submitted.complaints()).isZero();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
    return checksums(run);
  }

  /** SHA-256 of what a run wrote, by file, as its manifest has them. */
  private SortedMap<String, String> checksums(String run) throws IOException {
    RunManifest manifest = RunManifest.read(results(run)).orElseThrow();
    SortedMap<String, String> checksums = new TreeMap<>();
    for (RunManifest.Phase phase : manifest.phases()) {
      for (RunManifest.Output output : phase.outputs()) {
        if (FOLDERS.contains(output.file().replaceAll("/.*", ""))) {
          checksums.put(output.file(), output.sha256());
        }
      }
    }
    for (String name : FOLDERS) {
      assertThat(checksums.keySet()).anyMatch(file -> file.startsWith(name + "/"));
    }
    return checksums;
  }

  @Override
  public void close() {
    hdfs.shutdown();
  }
}
