package io.gramian.jobs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * A virtual environment of Python packages, for tests with the programs that read what Gramian
 * writes. It is made once for a list of requirements and kept in {@code ~/.cache/gramian/python},
 * or in the folder that the environment variable {@code GRAMIAN_PYTHON} names. Tests are skipped,
 * with the reason, where there is no Python or where its packages cannot be reached; requirements
 * that cannot be met fail them.
 */
record PythonEnvironment(Path folder) {

  private static final int INSTALL_MINUTES = 20;

  /**
   * The environment of a list of requirements.
   *
   * @param name the folder's name begins with it
   * @param requirements in pip's format
   */
  static PythonEnvironment of(String name, Path requirements) throws IOException {
    String python = version();
    Path all = root();
    Files.createDirectories(all);
    String key = name + "-" + hash(python + Files.readString(requirements));
    PythonEnvironment environment = new PythonEnvironment(all.resolve(key));
    Path finished = all.resolve(key + ".finished");
    try (FileChannel file =
            FileChannel.open(
                all.resolve(key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = file.lock()) {
      if (lock.isValid() && !Files.exists(finished)) {
        environment.install(requirements, Files.createTempDirectory("pip"));
        Files.createFile(finished);
      }
    }
    return environment;
  }

  private static Path root() {
    String chosen = System.getenv("GRAMIAN_PYTHON");
    return chosen == null
        ? Path.of(System.getProperty("user.home"), ".cache", "gramian", "python")
        : Path.of(chosen);
  }

  private static String version() throws IOException {
    try {
      Path scratch = Files.createTempDirectory("python");
      ProcessRun run = ProcessRun.of(new ProcessBuilder("python3", "--version"), scratch);
      return run.out().strip();
    } catch (IOException e) {
      return Assumptions.abort("there is no python3 on the PATH: " + e.getMessage());
    }
  }

  private void install(Path requirements, Path scratch) throws IOException {
    ProcessRun made =
        ProcessRun.of(
            new ProcessBuilder("python3", "-m", "venv", "--clear", folder.toString()), scratch);
    Assumptions.assumeTrue(
        made.exitCode() == 0, () -> "python3 makes no virtual environment: " + made.err());
    ProcessBuilder pip =
        new ProcessBuilder(
            program("python").toString(),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--requirement",
            requirements.toString());
    ProcessRun installed = ProcessRun.of(pip, scratch, INSTALL_MINUTES);
    if (installed.exitCode() != 0) {
      // What pip prints when it has asked an index several times in vain.
      Assumptions.assumeFalse(
          installed.err().contains("Retrying (Retry"),
          () -> "the packages of " + requirements + " cannot be reached: " + installed.err());
      throw new AssertionError("pip cannot install " + requirements + ":\n" + installed.err());
    }
  }

  /** A program of the environment. */
  Path program(String name) {
    return folder.resolve("bin").resolve(name);
  }

  /**
   * Runs Python to its end.
   *
   * @param scratch where it runs, and where its output goes through files
   * @param variables added to the environment
   */
  ProcessRun run(Path scratch, Map<String, String> variables, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program("python").toString()));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(scratch.toFile());
    builder.environment().put("PYTHONNOUSERSITE", "1");
    builder.environment().put("HF_HUB_OFFLINE", "1");
    builder.environment().putAll(variables);
    return ProcessRun.of(builder, scratch, INSTALL_MINUTES);
  }

  private static String hash(String text) {
    try {
      byte[] sum =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sum, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
