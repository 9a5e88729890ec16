package io.gramian.spark.run;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.report.Report;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The phase {@code report}. Unlike the phases of a {@link Pipeline} it needs nothing but the run:
 * the model may be gone.
 *
 * <p>A report adds nothing to the run but itself, so the manifest keeps the command line that made
 * the rest, and a page that is out of date is replaced without asking.
 */
public final class Reporting {

  /** Counts up when the page changes for the same run. */
  private static final String FORMAT = "1";

  private Reporting() {}

  /**
   * Writes the page of the run in {@code folder}, unless it is there and up to date.
   *
   * @return the page's path
   * @throws UserException if the folder holds no run, or a damaged one
   */
  public static String run(SparkSession session, HadoopDirectory folder) throws IOException {
    RunManifest found = RunManifest.read(folder).orElseThrow(() -> noRun(folder));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    Run run = Run.open(spark, folder, found.commandLine(), ExistingOutputs.REPLACE);
    RunManifest shown = withoutReport(found);
    run.phase(
        ingredients(shown),
        () -> {
          new Report(session, folder, shown).write();
          return List.of(Report.FILE);
        });
    return folder.name() + "/" + Report.FILE;
  }

  private static UserException noRun(HadoopDirectory folder) {
    return new UserException(
        folder.name()
            + " holds no run (there is no "
            + RunManifest.FILE
            + " in it): give --output a folder that gramian sort, ablate or evaluate wrote");
  }

  /** What the run was before anybody looked at it. */
  private static RunManifest withoutReport(RunManifest found) {
    Map<String, Object> recipe = new TreeMap<>(found.recipe());
    recipe.remove(Report.PHASE);
    return new RunManifest(
        found.runId(),
        found.commandLine(),
        recipe,
        found.versions(),
        found.inputs(),
        found.phases().stream().filter(phase -> !phase.name().equals(Report.PHASE)).toList(),
        found.failure());
  }

  /** The page shows the whole manifest, which has the checksums of all that it reads. */
  private static Ingredients ingredients(RunManifest shown) {
    SortedMap<String, String> values = new TreeMap<>();
    values.put("format", FORMAT);
    values.put("manifest", Ingredients.Sha256.of(shown.toString()));
    shown.phases().forEach(phase -> values.put(phase.name(), phase.fingerprint()));
    return new Ingredients(Report.PHASE, values);
  }
}
