package io.gramian.spark.run;

import io.gramian.checkpoint.FailureCategory;
import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.UserFailure;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The books of one run: which phases are done, from what, with which outputs. The manifest is
 * written after each phase, last and at once.
 */
public final class Run {

  private static final String MODEL = "model";

  private final JavaSparkContext spark;
  private final HadoopDirectory directory;
  private final ExistingOutputs policy;
  private RunManifest manifest;

  private Run(
      JavaSparkContext spark,
      HadoopDirectory directory,
      ExistingOutputs policy,
      RunManifest manifest) {
    this.spark = spark;
    this.directory = directory;
    this.policy = policy;
    this.manifest = manifest;
  }

  /**
   * Opens the run in {@code directory}, or a new one. Nothing is written until a phase is done.
   *
   * @param commandLine for the record
   * @throws UserException if the folder cannot be written, or its manifest is damaged
   */
  public static Run open(
      JavaSparkContext spark,
      HadoopDirectory directory,
      List<String> commandLine,
      ExistingOutputs policy) {
    requireWritable(directory);
    RunManifest manifest =
        RunManifest.read(directory)
            .map(found -> found.restarted(commandLine))
            .orElseGet(() -> RunManifest.start(directory.path().getName(), commandLine))
            .withVersions(Versions.of(spark));
    return new Run(spark, directory, policy, manifest);
  }

  /** Hours of work should not end in a refusal to store them. */
  private static void requireWritable(HadoopDirectory directory) {
    try {
      directory.probe();
    } catch (IOException e) {
      throw new UserException(
          "output folder "
              + directory.name()
              + " cannot be written ("
              + e.getMessage()
              + "):"
              + " give another --output, or the rights to write there",
          e);
    }
  }

  /** The run's folder. */
  public HadoopDirectory directory() {
    return directory;
  }

  /** Whether the run holds a phase's outputs. */
  boolean isDone(String phase) {
    return manifest.phase(phase).isPresent();
  }

  /** Whether what was made from something else is made anew. */
  boolean replaces() {
    return policy == ExistingOutputs.REPLACE;
  }

  /** What the outputs of a finished phase were made from, digested. */
  String fingerprint(String phase) {
    return manifest.phase(phase).orElseThrow().fingerprint();
  }

  /**
   * Checks that a finished phase was made from the same thing; a phase that is not done matches
   * anything.
   *
   * @throws UserException if it was made from another
   */
  void requireUnchanged(String phase, String ingredient, String value) {
    if (isDone(phase) && !value.equals(recipeOf(phase).get(ingredient))) {
      SortedMap<String, String> wanted = new TreeMap<>(recipeOf(phase));
      wanted.put(ingredient, value);
      throw otherResults(new Ingredients(phase, wanted));
    }
  }

  /** The checkpoint folder that the run in {@code directory} was made from, if there is a run. */
  public static Optional<String> modelOf(HadoopDirectory directory) {
    return RunManifest.read(directory)
        .map(manifest -> manifest.recipe().get(MODEL))
        .map(String::valueOf);
  }

  /** Notes the checkpoint and the checksums of its files. */
  void recordModel(HadoopDirectory model, Map<String, String> checksums) {
    Map<String, String> paths = new TreeMap<>();
    checksums.forEach((file, digest) -> paths.put(model.name() + "/" + file, digest));
    recordModel(model.name(), paths);
  }

  /** Notes the checkpoint, and the checksums of its files by their paths. */
  void recordModel(String folder, Map<String, String> checksums) {
    Map<String, Object> recipe = new TreeMap<>(manifest.recipe());
    recipe.put(MODEL, folder);
    manifest = manifest.withRecipe(recipe);
    recordInputs(checksums);
  }

  /** Notes the checksums of inputs. */
  void recordInputs(Map<String, String> checksums) {
    Map<String, String> all = new TreeMap<>(manifest.inputs());
    all.putAll(checksums);
    manifest = manifest.withInputs(all);
  }

  /**
   * Does a phase, unless the manifest proves it done.
   *
   * @return true if it was done now, false if it had been
   * @throws UserException if the run holds this phase's outputs, made from something else
   */
  boolean phase(Ingredients ingredients, PhaseBody body) throws IOException {
    String name = ingredients.phase();
    RunManifest.Phase done = manifest.phase(name).orElse(null);
    if (done != null && done.fingerprint().equals(ingredients.fingerprint()) && intact(done)) {
      return false;
    }
    requireReplaceable(ingredients);
    List<RunManifest.Phase> stale = forget(name);
    Instant start = Instant.now();
    int firstJob = jobsSoFar();
    List<String> folders = attempt(body);
    try (JobPhase checksums = JobPhase.begin(spark, name, "checksums of the outputs")) {
      List<RunManifest.Output> outputs = InputChecksums.outputs(spark, directory, files(folders));
      List<Integer> jobs = IntStream.range(firstJob, jobsSoFar()).boxed().toList();
      record(ingredients, start, jobs, outputs);
    }
    discard(stale);
    return true;
  }

  /** Ids of an application's jobs count up from 0; phases do not overlap. */
  private int jobsSoFar() {
    return spark.sc().dagScheduler().numTotalJobs();
  }

  private List<String> attempt(PhaseBody body) throws IOException {
    try {
      return body.run();
    } catch (Exception e) {
      // Spark's exceptions are checked ones that it does not declare, and wrap what a task threw.
      recordFailure(
          UserFailure.in(e).isPresent()
              ? FailureCategory.USER_ERROR
              : FailureCategory.INTERNAL_ERROR);
      throw e;
    }
  }

  /** Only a run that has something to keep is worth a manifest that says it failed. */
  private void recordFailure(FailureCategory category) throws IOException {
    if (!manifest.phases().isEmpty()) {
      manifest.withFailure(category).write(directory);
    }
  }

  private void record(
      Ingredients ingredients, Instant start, List<Integer> jobs, List<RunManifest.Output> outputs)
      throws IOException {
    Map<String, Object> recipe = new TreeMap<>(manifest.recipe());
    recipe.put(ingredients.phase(), new TreeMap<String, Object>(ingredients.values()));
    manifest =
        manifest
            .withRecipe(recipe)
            .withPhase(
                new RunManifest.Phase(
                    ingredients.phase(),
                    ingredients.fingerprint(),
                    start,
                    Instant.now(),
                    jobs,
                    outputs));
    manifest.write(directory);
  }

  /** The files of these folders; what is a file itself stands for itself. */
  private List<String> files(List<String> outputs) throws IOException {
    List<String> top = directory.list();
    List<String> files = new ArrayList<>();
    for (String output : outputs) {
      if (top.contains(output)) {
        files.add(output);
      } else {
        directory.resolve(output).list().forEach(name -> files.add(output + "/" + name));
      }
    }
    return files;
  }

  private boolean intact(RunManifest.Phase phase) {
    return firstChanged(phase.name()).isEmpty();
  }

  /** The first output of a finished phase that is not as it was written, if there is one. */
  Optional<String> firstChanged(String phase) {
    return InputChecksums.firstChanged(spark, directory, manifest.phase(phase).orElseThrow());
  }

  /**
   * Checks that nothing stands in the way of a phase, for those who have long work to do before it.
   *
   * @throws UserException if the run holds this phase's outputs, made from something else
   */
  void requireReplaceable(Ingredients wanted) {
    boolean other =
        isDone(wanted.phase()) && !fingerprint(wanted.phase()).equals(wanted.fingerprint());
    if (other && !replaces()) {
      throw otherResults(wanted);
    }
  }

  private UserException otherResults(Ingredients wanted) {
    return new UserException(
        directory.name()
            + " holds the results of another "
            + wanted.phase()
            + " ("
            + wanted.differencesFrom(recipeOf(wanted.phase()))
            + "): give another --output, or --overwrite to replace them");
  }

  /** What a phase was made from; empty if it is not done. */
  Map<String, String> recipeOf(String phase) {
    SortedMap<String, String> values = new TreeMap<>();
    if (manifest.recipe().get(phase) instanceof Map<?, ?> recorded) {
      recorded.forEach((name, value) -> values.put((String) name, String.valueOf(value)));
    }
    return values;
  }

  /** Outputs that no phase answers for any more would only mislead. */
  private void discard(List<RunManifest.Phase> stale) throws IOException {
    for (RunManifest.Phase phase : stale) {
      for (RunManifest.Output output : phase.outputs()) {
        int folder = output.file().lastIndexOf('/');
        directory.delete(folder < 0 ? output.file() : output.file().substring(0, folder));
      }
    }
  }

  /** Drops a phase, and those that built on it, from the manifest; returns the latter. */
  private List<RunManifest.Phase> forget(String name) {
    List<RunManifest.Phase> dependents = new ArrayList<>();
    TreeSet<String> gone = new TreeSet<>(List.of(name));
    for (RunManifest.Phase phase : manifest.phases()) {
      if (recipeOf(phase.name()).keySet().stream().anyMatch(gone::contains)) {
        gone.add(phase.name());
        dependents.add(phase);
      }
    }
    manifest = manifest.without(gone);
    return dependents;
  }
}
