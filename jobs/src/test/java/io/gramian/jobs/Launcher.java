package io.gramian.jobs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Starts {@code jobs/bin/gramian}, or a link to it, in a folder for one test. */
record Launcher(Path file, Path scratch) {

  static final Path PATH = ProcessRun.ROOT.resolve("jobs/bin/gramian");

  static ProcessRun launch(Path scratch, Map<String, String> variables, String... arguments)
      throws IOException {
    return new Launcher(PATH, scratch).run(variables, arguments);
  }

  /** Runs it with these variables added to an environment without Spark. */
  ProcessRun run(Map<String, String> variables, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(scratch.toFile());
    List.of("SPARK_HOME", "SPARK_SUBMIT_OPTS", "GRAMIAN_JAVA_OPTS")
        .forEach(builder.environment()::remove);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(variables);
    return ProcessRun.of(builder, scratch);
  }
}
