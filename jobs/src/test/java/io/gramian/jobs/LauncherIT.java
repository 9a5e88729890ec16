package io.gramian.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as people and schedulers start it. */
class LauncherIT {

  private static final Path TARGET = ProcessRun.ROOT.resolve("jobs/target");
  private static final Path SAMPLE_MODEL = ProcessRun.ROOT.resolve("calibration-data/llama-tiny");

  @TempDir Path scratch;

  private ProcessRun launch(Map<String, String> variables, String... arguments) throws IOException {
    return Launcher.launch(scratch, variables, arguments);
  }

  private Path text() throws IOException {
    return Files.writeString(
        scratch.resolve("small text.txt"), "In the beginning was the word.\n".repeat(40));
  }

  @Test
  void helpNeedsNoSpark() throws IOException {
    ProcessRun run = launch(Map.of(), "--help");

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Usage: gramian").contains("tokenize");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void linksToTheLauncherWork() throws IOException {
    Path link = Files.createSymbolicLink(scratch.resolve("gramian"), Launcher.PATH);

    assertThat(new Launcher(link, scratch).run(Map.of(), "--version").out()).startsWith("gramian ");
  }

  @Test
  void plainJvmRunsTheSparkOfTheBuild() throws IOException {
    ProcessRun run =
        launch(
            Map.of("GRAMIAN_JAVA_OPTS", "-Xmx1g"),
            "--master",
            "local[2]",
            "--conf",
            "spark.ui.enabled=false",
            "tokenize",
            "--model",
            SAMPLE_MODEL.toString(),
            "--calibration",
            text().toString(),
            "--sequence-length=13");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).startsWith("gramian tokenize: Spark 4.1.0 on local[2]\n");
    assertThat(run.err().lines())
        .allMatch(line -> line.startsWith("gramian tokenize") || line.startsWith("tokenize: "));
    assertThat(run.out()).matches("\\d+ sequences with \\d+ tokens in .*\n");
    assertThat(scratch.resolve("runs/llama-tiny/calibration")).isNotEmptyDirectory();
  }

  /** Gloo prints to the process's standard output, where only results belong. */
  @Test
  void onlyResultsGoToStandardOutput() throws IOException {
    Map<String, String> small = Map.of("GRAMIAN_JAVA_OPTS", "-Xmx1g");
    List<String> spark = List.of("--master=local[2]", "--conf=spark.ui.enabled=false");
    String run = "--output=" + scratch.resolve("run");
    String text = text().toString();
    ProcessRun sort =
        launch(
            small,
            concat(
                spark,
                List.of(
                    "sort",
                    run,
                    "--model=" + SAMPLE_MODEL,
                    "--calibration=" + text,
                    "--sequence-length=13")));
    assertThat(sort.exitCode()).as(sort.err()).isZero();
    ProcessRun finetune =
        launch(
            small,
            concat(
                spark,
                List.of(
                    "finetune",
                    run,
                    "--training=" + text,
                    "--text=" + text,
                    "--sequence-length=13",
                    "--steps=2",
                    "--batch=2",
                    "--profile=small")));

    assertThat(finetune.exitCode()).as(finetune.err()).isZero();
    assertThat(finetune.out().lines())
        .hasSize(8)
        .startsWith("", "  keep       perplexity, sorted   perplexity, fine-tuned")
        .last()
        .isEqualTo("in " + scratch.resolve("run") + "/finetuned");
    assertThat(finetune.err()).contains("[Gloo]").contains("finetune: 100 % (2 of 2)");
    assertThat(scratch.resolve("run/finetuned/model.safetensors")).isNotEmptyFile();
  }

  private static String[] concat(List<String> first, List<String> second) {
    return Stream.concat(first.stream(), second.stream()).toArray(String[]::new);
  }

  @Test
  void missingModelIsOneLineAndLeavesNothing() throws IOException {
    ProcessRun run =
        launch(
            Map.of(),
            "--conf=spark.ui.enabled=false",
            "tokenize",
            "--model=/no/model",
            "--calibration=" + text());

    assertThat(run.complaints()).hasSize(1).first().asString().startsWith("gramian: /no/model");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(scratch.resolve("runs")).doesNotExist();
  }

  @Test
  void unknownMasterIsOneLine() throws IOException {
    ProcessRun run =
        launch(Map.of(), "--master=nowhere", "tokenize", "--model=m", "--calibration=t");

    assertThat(run.err())
        .isEqualTo(
            "gramian: nowhere is not a Spark master: use local[*], local[N], spark://HOST:PORT,"
                + " yarn or k8s://URL\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void sparkSubmitGetsItsOptionsAndGramianTheRest() throws IOException {
    Path spark = scratch.resolve("spark home");
    SparkInstallation.script(
        spark.resolve("bin/spark-submit"),
        "printf '%s\\n' \"$@\" >&3; echo \"$SPARK_SUBMIT_OPTS\" >&2; exit 2\n");

    ProcessRun run =
        launch(
            Map.of("SPARK_HOME", spark.toString(), "GRAMIAN_JAVA_OPTS", "-Xmx3g -Da=b"),
            "--conf",
            "spark.eventLog.dir=a b",
            "--master",
            "spark://host:7077",
            "tokenize",
            "--model",
            "a model");

    assertThat(run.out().lines())
        .containsExactly(
            "--class",
            "io.gramian.jobs.Main",
            "--name",
            "gramian tokenize",
            "--master",
            "spark://host:7077",
            "--driver-memory",
            "3g",
            "--properties-file",
            ProcessRun.ROOT.resolve("conf/spark-defaults.conf").toString(),
            "--load-spark-defaults",
            "--jars",
            Files.readString(TARGET.resolve("jars.txt")).strip(),
            "--conf",
            "spark.eventLog.dir=a b",
            TARGET.resolve("gramian-jobs.jar").toString(),
            "tokenize",
            "--model",
            "a model");
    assertThat(run.err())
        .contains("\"-Dgramian.home=" + ProcessRun.ROOT + "\"")
        .contains("\"-Da=b\"")
        .doesNotContain("-Xmx");
    assertThat(run.exitCode()).as("spark-submit's own").isEqualTo(2);
  }

  @Test
  void sparkOfAnotherLineIsRefused() throws IOException {
    Path spark = scratch.resolve("spark");
    SparkInstallation.script(spark.resolve("bin/spark-submit"), "exit 0\n");
    Files.createDirectories(spark.resolve("jars"));
    Files.createFile(spark.resolve("jars/spark-core_2.13-3.5.6.jar"));

    ProcessRun run = launch(Map.of("SPARK_HOME", spark.toString()), "tokenize");

    assertThat(run.err())
        .isEqualTo(
            "gramian: SPARK_HOME=%s holds spark-core_2.13-3.5.6, but Gramian needs Spark 4.1 with"
                    .formatted(spark)
                + " Scala 2.13: unset SPARK_HOME to run with the Spark of the build\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void realSparkSubmitRunsTheMainJob() throws IOException {
    Path spark = scratch.resolve("spark");
    SparkInstallation.assemble(spark);

    ProcessRun run =
        launch(
            Map.of("SPARK_HOME", spark.toString(), "GRAMIAN_JAVA_OPTS", "-Xmx1g"),
            "--master=local[2]",
            "--conf=spark.ui.enabled=false",
            "sort",
            "--model=" + SAMPLE_MODEL,
            "--calibration=" + text(),
            "--output=" + scratch.resolve("run"),
            "--sequence-length=13");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.err()).contains("gramian sort: Spark 4.1.0 on local[2]\n");
    assertThat(run.out()).contains("30 rank orders from 312 calibration tokens");
    assertThat(scratch.resolve("run/sorted/model.safetensors")).isNotEmptyFile();
  }

  /**
   * A plain JVM with the Vector API for them, even where there is a Spark; no other verb has it.
   */
  @Test
  void verbsOfTheDeviceTakeVectorsAndNoSpark() throws IOException {
    Path spark = scratch.resolve("spark");
    SparkInstallation.script(spark.resolve("bin/spark-submit"), "exit 1\n");
    Map<String, String> installed =
        Map.of("SPARK_HOME", spark.toString(), "GRAMIAN_JAVA_OPTS", "-Xmx1g");

    ProcessRun generate =
        launch(installed, "generate", "--prompt=And the king said", "--max-tokens=5");
    ProcessRun profile =
        launch(installed, "profile", "--prompt-tokens=4", "--tokens=3", "--warm-up=0");

    assertThat(generate.exitCode()).as(generate.err()).isZero();
    assertThat(generate.out()).isNotBlank();
    assertThat(generate.err().lines())
        .hasSize(2)
        .first()
        .isEqualTo("WARNING: Using incubator modules: jdk.incubator.vector");
    assertThat(generate.err()).contains("5 tokens (limit)", "vectors of ");
    assertThat(profile.exitCode()).as(profile.err()).isZero();
    assertThat(profile.out()).startsWith("vectors of ").contains("\ndense      1.00 ");
    assertThat(launch(Map.of(), "sizes").err()).isEmpty();
  }

  @Test
  void signalsReachWhatIsStarted() throws IOException {
    Path spark = scratch.resolve("spark");
    SparkInstallation.script(spark.resolve("bin/spark-submit"), "echo $$ >&3\n");
    Path jdk = scratch.resolve("jdk");
    SparkInstallation.script(
        jdk.resolve("bin/java"),
        "[ $1 = -version ] && echo 'openjdk version \"17.0.1\"' || echo $$ >&3\n");

    ProcessRun submitted = launch(Map.of("SPARK_HOME", spark.toString()), "tokenize");
    ProcessRun plain = launch(Map.of("JAVA_HOME", jdk.toString()), "tokenize");

    assertThat(submitted.out()).as("same process").isEqualTo(submitted.pid() + "\n");
    assertThat(plain.out()).as("same process").isEqualTo(plain.pid() + "\n");
  }

  @Test
  void otherJavaIsRefused() throws IOException {
    Path jdk = scratch.resolve("jdk");
    SparkInstallation.script(
        jdk.resolve("bin/java"), "echo 'openjdk version \"21.0.4\" 2024-07-16' >&2\n");

    ProcessRun run = launch(Map.of("JAVA_HOME", jdk.toString()), "--help");

    assertThat(run.err())
        .isEqualTo(
            "gramian: %s/bin/java is Java 21, but Gramian needs 17: let JAVA_HOME name the folder of a JDK 17\n"
                .formatted(jdk));
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void missingJavaIsExplained() throws IOException {
    ProcessRun run = launch(Map.of("JAVA_HOME", "/no/jdk"), "--help");

    assertThat(run.err())
        .isEqualTo(
            "gramian: no Java at /no/jdk/bin/java: install a JDK 17 and put it on the PATH, or let"
                + " JAVA_HOME name its folder\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }
}
