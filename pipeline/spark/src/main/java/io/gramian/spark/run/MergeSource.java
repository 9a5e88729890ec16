package io.gramian.spark.run;

import io.gramian.checkpoint.RunManifest;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.statistics.StatisticReader;
import io.gramian.spark.calibrate.Calibrate;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.tokenize.Tokenize;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * A run that is to be merged: what its manifest and its first statistic say.
 *
 * @param folder the run
 * @param sequenceLength {@code T}
 * @param tokens summed over
 */
record MergeSource(HadoopDirectory folder, RunManifest manifest, int sequenceLength, long tokens) {

  /**
   * Reads the manifest and the head of one file.
   *
   * @throws UserException if there is no run, or it has no statistics
   */
  static MergeSource open(HadoopDirectory folder) throws IOException {
    RunManifest manifest =
        RunManifest.read(folder)
            .orElseThrow(
                () ->
                    new UserException(
                        String.format(
                                Locale.ROOT,
                                "%s holds no run (there is no %s in it): merge takes folders that gramian",
                                folder.name(),
                                RunManifest.FILE)
                            + " calibrate or merge wrote"));
    if (manifest.phase(Calibrate.PHASE).isEmpty() || manifest.phase(Texts.CALIBRATION).isEmpty()) {
      throw new UserException(
          folder.name() + " holds no statistics: run calibrate with that --output first");
    }
    String first = files(manifest).get(0);
    try (SafetensorsFile file = SafetensorsFile.open(statistics(folder).open(first))) {
      StatisticReader statistic = StatisticReader.of(file);
      return new MergeSource(folder, manifest, statistic.sequenceLength(), statistic.tokens());
    }
  }

  private static HadoopDirectory statistics(HadoopDirectory run) {
    return run.resolve(Calibrate.STATISTICS);
  }

  private static List<String> files(RunManifest manifest) {
    return manifest.phase(Calibrate.PHASE).orElseThrow().outputs().stream()
        .map(output -> output.file().substring(Calibrate.STATISTICS.length() + 1))
        .toList();
  }

  /** The folder of the statistics. */
  HadoopDirectory statistics() {
    return statistics(folder);
  }

  /** The statistics' file names. */
  List<String> files() {
    return files(manifest);
  }

  /** The calibration sequences. */
  CalibrationSet sequences(SparkSession session) throws IOException {
    return CalibrationSet.open(session, folder.resolve(Tokenize.CALIBRATION).path().toString());
  }

  /** Digest of the checkpoint that was calibrated. */
  String model() {
    return manifest.recipe().get(Calibrate.PHASE) instanceof Map<?, ?> values
        ? String.valueOf(values.get(PhaseInputs.MODEL))
        : "unknown";
  }

  /** One digest of all that a phase wrote. */
  String digest(String phase) {
    return InputChecksums.combined(
        manifest.phase(phase).orElseThrow().outputs().stream()
            .map(output -> output.file() + " " + output.sha256())
            .toList());
  }

  /** Folder of the checkpoint that was calibrated. */
  String modelFolder() {
    return String.valueOf(manifest.recipe().get(PhaseInputs.MODEL));
  }

  /** Checksums of that checkpoint's files, by path. */
  Map<String, String> modelFiles() {
    Map<String, String> files = new TreeMap<>(manifest.inputs());
    files.keySet().removeIf(file -> !file.startsWith(modelFolder() + "/"));
    return files;
  }

  /** Checksums of what is to be merged, by path. */
  Map<String, String> inputs() {
    Map<String, String> files = new TreeMap<>();
    for (String phase : List.of(Calibrate.PHASE, Texts.CALIBRATION)) {
      for (RunManifest.Output output : manifest.phase(phase).orElseThrow().outputs()) {
        files.put(folder.name() + "/" + output.file(), output.sha256());
      }
    }
    return files;
  }

  /**
   * Reads all that is to be merged, and compares it with the manifest.
   *
   * @throws UserException if a file is not what it was
   */
  void requireIntact(JavaSparkContext spark) {
    for (String phase : List.of(Calibrate.PHASE, Texts.CALIBRATION)) {
      Optional<String> changed =
          InputChecksums.firstChanged(spark, folder, manifest.phase(phase).orElseThrow());
      if (changed.isPresent()) {
        throw new UserException(
            String.format(
                    Locale.ROOT,
                    "%s/%s is not what the run's manifest says it was: run calibrate again with that",
                    folder.name(),
                    changed.get())
                + " --output");
      }
    }
  }

  /**
   * Checks that nothing is left out of the statistics.
   *
   * @throws UserException if something is: nothing could be sorted by what they add up to
   */
  void requireAll() {
    if (manifest.recipe().get(Calibrate.PHASE) instanceof Map<?, ?> values
        && values.containsKey(PhaseInputs.LEFT_OUT)) {
      throw new UserException(
          folder.name()
              + " was calibrated without the Gram matrices of its MLPs, for"
              + " --mlp-singular-values, and cannot be merged: run calibrate with another --output");
    }
  }

  /**
   * Checks that the other run's statistics are of the same kind.
   *
   * @throws UserException with both values, if they are not
   */
  void requireSameKind(MergeSource other) {
    if (!model().equals(other.model())) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "statistics of different models cannot be merged: %s is of %s, %s is of %s",
              folder.name(),
              modelName(),
              other.folder.name(),
              other.modelName()));
    }
    if (sequenceLength != other.sequenceLength) {
      throw new UserException(
          String.format(
                  Locale.ROOT,
                  "%s was calibrated on sequences of at most %d tokens, %s of %d: calibrate both with the",
                  folder.name(),
                  sequenceLength,
                  other.folder.name(),
                  other.sequenceLength)
              + " same --sequence-length");
    }
    if (!files().equals(other.files())) {
      throw new UserException(
          String.format(
                  Locale.ROOT,
                  "%s holds %d statistics, %s %d, and not of the same blocks and sites: run calibrate again",
                  folder.name(),
                  files().size(),
                  other.folder.name(),
                  other.files().size())
              + " on both");
    }
  }

  private String modelName() {
    return modelFolder() + " (" + Ingredients.brief(model()) + ")";
  }
}
