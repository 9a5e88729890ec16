package io.gramian.checkpoint;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The record of a run, {@code manifest.json}: what was asked, of which inputs, and what each phase
 * wrote. A rerun skips the phases that it proves done.
 *
 * <p>Immutable; the {@code with} methods return a changed copy. All keys are written sorted, so
 * that the same manifest is the same bytes.
 *
 * @param runId name of the run
 * @param commandLine the arguments as they were given
 * @param recipe the resolved recipe: strings, numbers, booleans, lists and maps of these; integers
 *     become Long, other numbers Double
 * @param versions component to version, for example {@code spark} to {@code 4.1.0}
 * @param inputs path of an input to its SHA-256
 * @param phases finished phases, in the order in which they first finished
 * @param failure how the run ended
 */
public record RunManifest(
    String runId,
    List<String> commandLine,
    Map<String, Object> recipe,
    Map<String, String> versions,
    Map<String, String> inputs,
    List<Phase> phases,
    FailureCategory failure) {

  /** The file's name in a run's folder. */
  public static final String FILE = "manifest.json";

  /**
   * A finished phase.
   *
   * @param name as in the log and the Spark job group, for example {@code calibrate}
   * @param fingerprint digest of all that determines the outputs; another one means: do it again
   * @param start when it began
   * @param end when its last output had its name
   * @param sparkJobs ids of the jobs it ran
   * @param outputs sorted by file
   */
  public record Phase(
      String name,
      String fingerprint,
      Instant start,
      Instant end,
      List<Integer> sparkJobs,
      List<Output> outputs) {

    public Phase {
      sparkJobs = List.copyOf(sparkJobs);
      outputs = outputs.stream().sorted(Comparator.comparing(Output::file)).toList();
    }
  }

  /**
   * A file that a phase wrote.
   *
   * @param file its name in the run's folder, parts separated by {@code /}
   * @param sha256 64 hexadecimal digits, lower case
   * @param bytes its length
   */
  public record Output(String file, String sha256, long bytes) {

    public Output {
      if (!sha256.matches("[0-9a-f]{64}") || bytes < 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "output '%s' of %d bytes with SHA-256 '%s'", file, bytes, sha256));
      }
    }

    /** Measures {@code file} in {@code run}; reads all of it. */
    public static Output of(Directory run, String file) throws IOException {
      Checksum checksum = Checksum.of(run, file);
      return new Output(file, checksum.sha256(), checksum.bytes());
    }

    /**
     * Whether {@code run} holds the file with these very bytes; reads it if the length is right.
     */
    public boolean isIntact(Directory run) throws IOException {
      if (!run.exists(file)) {
        return false;
      }
      try (ByteSource source = run.open(file)) {
        if (source.size() != bytes) {
          return false;
        }
      }
      return equals(of(run, file));
    }
  }

  public RunManifest {
    Objects.requireNonNull(runId, "runId");
    commandLine = List.copyOf(commandLine);
    recipe = PlainValues.copy(recipe);
    versions = PlainValues.sorted(versions);
    inputs = PlainValues.sorted(inputs);
    phases = List.copyOf(phases);
    Objects.requireNonNull(failure, "failure");
  }

  /** A run that has done nothing yet. */
  public static RunManifest start(String runId, List<String> commandLine) {
    return new RunManifest(
        runId, commandLine, Map.of(), Map.of(), Map.of(), List.of(), FailureCategory.NONE);
  }

  /**
   * Reads the manifest of the run in {@code run}; empty if there is none.
   *
   * @throws UserException if it is damaged
   */
  public static Optional<RunManifest> read(Directory run) {
    try {
      if (!run.exists(FILE)) {
        return Optional.empty();
      }
    } catch (IOException e) {
      throw JsonDocument.unreadable(JsonDocument.nameOf(run, FILE), e);
    }
    return Optional.of(
        ManifestJson.parse(JsonDocument.nameOf(run, FILE), JsonDocument.text(run, FILE)));
  }

  /** Writes the manifest; it replaces an older one at once or not at all. */
  public void write(Directory run) throws IOException {
    JsonDocument.write(run, FILE, ManifestJson.tree(this));
  }

  /** The phase of that name, if it has finished. */
  public Optional<Phase> phase(String name) {
    return phases.stream().filter(phase -> phase.name().equals(name)).findFirst();
  }

  /** The outputs of all phases, sorted by file. */
  public List<Output> outputs() {
    return phases.stream()
        .flatMap(phase -> phase.outputs().stream())
        .sorted(Comparator.comparing(Output::file))
        .toList();
  }

  /** With {@code phase} in the place of the one of its name, or last. */
  public RunManifest withPhase(Phase phase) {
    List<Phase> changed = new ArrayList<>(phases);
    changed.replaceAll(old -> old.name().equals(phase.name()) ? phase : old);
    if (phase(phase.name()).isEmpty()) {
      changed.add(phase);
    }
    return new RunManifest(runId, commandLine, recipe, versions, inputs, changed, failure);
  }

  /** Without these phases and what they were made from; no failure is left of them. */
  public RunManifest without(Set<String> names) {
    Map<String, Object> left = new TreeMap<>(recipe);
    left.keySet().removeAll(names);
    List<Phase> kept = phases.stream().filter(phase -> !names.contains(phase.name())).toList();
    return new RunManifest(runId, commandLine, left, versions, inputs, kept, FailureCategory.NONE);
  }

  /** With another recipe. */
  public RunManifest withRecipe(Map<String, Object> changed) {
    return new RunManifest(runId, commandLine, changed, versions, inputs, phases, failure);
  }

  /** With other versions. */
  public RunManifest withVersions(Map<String, String> changed) {
    return new RunManifest(runId, commandLine, recipe, changed, inputs, phases, failure);
  }

  /** With other input checksums. */
  public RunManifest withInputs(Map<String, String> changed) {
    return new RunManifest(runId, commandLine, recipe, versions, changed, phases, failure);
  }

  /** With another command line and no failure: the same run, started again. */
  public RunManifest restarted(List<String> changed) {
    return new RunManifest(runId, changed, recipe, versions, inputs, phases, FailureCategory.NONE);
  }

  /** With another ending. */
  public RunManifest withFailure(FailureCategory changed) {
    return new RunManifest(runId, commandLine, recipe, versions, inputs, phases, changed);
  }
}
