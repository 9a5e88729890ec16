package io.gramian.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An Airflow that reads the DAGs of {@code jobs/airflow} and submits to Spark on this machine with
 * the {@code spark-submit} of its own environment.
 *
 * @param home its database and settings
 */
record Airflow(PythonEnvironment python, Path home) {

  static final Path DAGS = ProcessRun.ROOT.resolve("jobs/airflow");
  private static final Path RESOURCES = ProcessRun.ROOT.resolve("jobs/src/test/resources/python");
  private static final int TIMEOUT_MINUTES = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Installs it, if that was not done before, and makes an empty database in {@code home}. */
  static Airflow install(Path home) throws IOException {
    // One list, because the environment is made anew when the text of its list changes.
    Path requirements =
        Files.writeString(
            home.resolve("requirements.txt"),
            Files.readString(DAGS.resolve("requirements.txt"))
                + Files.readString(RESOURCES.resolve("airflow.txt")));
    Airflow airflow = new Airflow(PythonEnvironment.of("airflow", requirements), home);
    Files.writeString(
        Files.createDirectories(home.resolve("spark-conf")).resolve("spark-defaults.conf"),
        "spark.ui.enabled false\n");
    ProcessRun migrated = airflow.python("-m", "airflow", "db", "migrate");
    if (migrated.exitCode() != 0) {
      throw new AssertionError(migrated.err());
    }
    return airflow;
  }

  /** Runs a DAG from its first task to its last; output and errors are one log. */
  Finished test(String dag, Map<String, Object> parameters, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("-m", "airflow", "dags", "test", dag));
    command.addAll(List.of("--conf", JSON.writeValueAsString(parameters)));
    command.addAll(List.of(options));
    ProcessRun run = python(command.toArray(String[]::new));
    ProcessRun found = python(RESOURCES.resolve("airflow_run.py").toString());
    return new Finished(run.exitCode(), run.out() + run.err(), JSON.readTree(found.out()));
  }

  /** Runs Python with what a scheduler's unit file would set. */
  ProcessRun python(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(python.program("python").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    List.of("SPARK_HOME", "GRAMIAN_HOME", "HADOOP_CONF_DIR").forEach(builder.environment()::remove);
    builder.environment().putAll(variables());
    return ProcessRun.of(builder, home, TIMEOUT_MINUTES);
  }

  private Map<String, String> variables() {
    Map<String, String> variables = new HashMap<>();
    variables.put("AIRFLOW_HOME", home.toString());
    variables.put("AIRFLOW__CORE__DAGS_FOLDER", DAGS.toString());
    variables.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    variables.put("AIRFLOW__USAGE_DATA_COLLECTION__ENABLED", "False");
    variables.put(
        "AIRFLOW_CONN_SPARK_DEFAULT", "{\"conn_type\": \"spark\", \"host\": \"local[2]\"}");
    variables.put(
        "PATH", python.folder().resolve("bin") + ":" + System.getenv().getOrDefault("PATH", ""));
    variables.put("PYTHONPATH", DAGS.toString());
    variables.put("PYTHONDONTWRITEBYTECODE", "1");
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    variables.put("PYTHONNOUSERSITE", "1");
    variables.put("SPARK_CONF_DIR", home.resolve("spark-conf").toString());
    // Sixteen drivers that live for seconds: the second compiler would cost more than it saves.
    variables.put("SPARK_SUBMIT_OPTS", "-XX:TieredStopAtLevel=1");
    variables.put("LC_ALL", "C.UTF-8");
    return variables;
  }

  /**
   * A run and what the database says about it.
   *
   * @param database {@code states} and {@code tries} by task, {@code xcoms}, {@code assets}
   */
  record Finished(int exitCode, String log, JsonNode database) {

    String state(String task) {
      return database.get("states").path(task).asText("none");
    }

    JsonNode xcom(String task, String key) {
      return database.get("xcoms").path(task + "." + key);
    }
  }
}
