package io.gramian.spark.calibrate;

import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.RecordedProgress;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.CalibrationSet;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.KeptStates;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calibrations of one set of padded sequences, into runs of one folder.
 *
 * @param set 13 sequences in 3 shards
 */
record Calibrations(Path folder, CalibrationSet set) {

  static final long ONE_LAYER = 1;
  static final long WHOLE_MODEL = Long.MAX_VALUE;
  static final int SHARDS = 3;

  private static final long SEED = 41;

  /** Random tokens of the small models' vocabulary. */
  static Calibrations in(Path folder) throws IOException {
    int[] lengths = {300, 1, 13, 207, 300, 31, 2, 1, 299, 64, 65, 5, 150};
    return new Calibrations(
        folder,
        CalibrationFolder.write(
            folder.resolve("set"), CalibrationFolder.random(SEED, 97, lengths)));
  }

  /**
   * How to calibrate.
   *
   * @param waveBytes weights a wave may have
   * @param partitions tasks a wave has, at most {@link #SHARDS}
   */
  record How(long waveBytes, int partitions, KeptStates kept) {

    static How of(long waveBytes, int partitions) {
      return new How(waveBytes, partitions, KeptStates.BETWEEN_WAVES);
    }
  }

  /** The run of that name. */
  Path run(String name) {
    return folder.resolve(name);
  }

  /** Calibrates, or goes on; the recipe is the same whatever the model. */
  RecordedProgress calibrate(String model, String run, How how) throws IOException {
    RecordedProgress progress = new RecordedProgress();
    HadoopDirectory source = CalibrationFolder.directory(folder.resolve(model));
    ShardSet all = ShardSet.of(set, SHARDS);
    ShardSet shards =
        new ShardSet(all.rdd().coalesce(how.partitions()), all.count(), all.contents());
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(source)) {
      CalibrateRequest request =
          new CalibrateRequest(
              checkpoint.spec(),
              CalibrationFolder.directory(run(run)),
              new TreeMap<>(Map.of("recipe", "1")),
              how.kept());
      DecoderWalk walk =
          new DecoderWalk(
              TestSession.context(),
              source,
              checkpoint.spec(),
              WaveLimits.ofWeights(how.waveBytes()));
      new Calibrate(TestSession.context(), progress).run(request, walk, shards);
    }
    return progress;
  }

  /** Contents of the files in a folder of a run, by name. */
  Map<String, String> files(String name) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (String file : CalibrationFolder.directory(run(name)).list()) {
      contents.put(file, HexFormat.of().formatHex(Files.readAllBytes(run(name).resolve(file))));
    }
    return contents;
  }
}
