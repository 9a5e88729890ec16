package io.gramian.spark.calibrate;

import io.gramian.checkpoint.TextFile;
import io.gramian.spark.hidden.BlockStates;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.KeptStates;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The folder of a calibration that is not finished, gone when the statistics are there: what it is
 * made from, the statistics of finished waves, the hidden states before the next, and a marker a
 * wave.
 *
 * @param run folder of the run
 */
public record UnfinishedCalibration(HadoopDirectory run) {

  /** Its name. */
  public static final String FOLDER = "calibrating";

  private static final String FINGERPRINT = "fingerprint";

  /** There from when all waves are finished: results may be on their way to their place. */
  private static final String COMPLETE = "complete";

  private static final String PREFIX = FOLDER + "/";

  private HadoopDirectory folder() {
    return run.resolve(FOLDER);
  }

  /** What it is made from, by name; empty if there is none. */
  public SortedMap<String, String> recipe() throws IOException {
    SortedMap<String, String> recipe = new TreeMap<>();
    for (String line : TextFile.readOrEmpty(folder(), FINGERPRINT).lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        recipe.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return recipe;
  }

  /** Begins anew, unless what is there is made from {@code recipe}. */
  void clearUnlessOf(SortedMap<String, String> recipe) throws IOException {
    if (!recipe().equals(recipe)) {
      clear();
      StringBuilder text = new StringBuilder();
      recipe.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
      TextFile.write(folder(), FINGERPRINT, text.toString());
    }
  }

  /** Deletes everything. */
  public void clear() throws IOException {
    run.delete(FOLDER);
  }

  /** Whether there is work in it that is worth keeping. */
  public boolean hasFinishedWaves() throws IOException {
    return !markers().isEmpty();
  }

  /** Of the finished waves, in order, each going on where the one before ends. */
  List<WaveMarker> markers() throws IOException {
    List<WaveMarker> markers = new ArrayList<>();
    int next = 0;
    while (true) {
      String text = TextFile.readOrEmpty(folder(), WaveMarker.file(markers.size()));
      Optional<WaveMarker> marker = WaveMarker.parse(text);
      if (marker.isEmpty() || marker.get().firstBlock() != next) {
        return markers;
      }
      markers.add(marker.get());
      next = marker.get().endBlock();
    }
  }

  /** Notes that a wave is finished. */
  void add(WaveMarker marker) throws IOException {
    TextFile.write(folder(), WaveMarker.file(markers().size()), marker.json());
  }

  /** Where tasks write statistics, and where they are after {@link #publish}. */
  HadoopDirectory statistics() throws IOException {
    return published(Calibrate.STATISTICS);
  }

  /** Where hidden states are. */
  HadoopDirectory hiddenStates() throws IOException {
    return published(Calibrate.HIDDEN_STATES);
  }

  /** Whether all waves were finished once. */
  boolean isComplete() throws IOException {
    return folder().exists(COMPLETE);
  }

  /** A driver may end between the last rename and the entry in the manifest. */
  private HadoopDirectory published(String name) throws IOException {
    boolean moved = isComplete() && !folder().exists(name);
    return moved ? run.resolve(name) : folder().resolve(name);
  }

  /**
   * Forgets the waves behind the first {@code sound}, and what no marker answers for.
   *
   * @param request whose blocks and retention tell which states there may be
   */
  void keepOnly(List<WaveMarker> sound, CalibrateRequest request) throws IOException {
    for (int i = markers().size() - 1; i >= sound.size(); i--) {
      folder().delete(WaveMarker.file(i));
    }
    if (sound.isEmpty() || sound.get(sound.size() - 1).endBlock() < request.blocks()) {
      folder().delete(COMPLETE);
    }
    if (sound.isEmpty()) {
      folder().delete(Calibrate.STATISTICS);
      folder().delete(Calibrate.HIDDEN_STATES);
      return;
    }
    pruneStatistics(sound);
    Set<Integer> kept = new HashSet<>();
    for (WaveMarker marker : sound) {
      if (request.kept() == KeptStates.FOR_GOOD || marker.equals(sound.get(sound.size() - 1))) {
        kept.add(marker.endBlock());
      }
    }
    for (int block = 1; block <= request.blocks(); block++) {
      if (!kept.contains(block)) {
        new BlockStates(hiddenStates(), block).delete();
      }
    }
  }

  private void pruneStatistics(List<WaveMarker> sound) throws IOException {
    Set<String> known = new HashSet<>();
    sound.forEach(marker -> known.addAll(marker.statistics().keySet()));
    for (String file : statistics().list()) {
      if (!known.contains(file)) {
        statistics().delete(file);
      }
    }
  }

  /** Renames the results into the run's folder, in the place of older ones. */
  void publish(KeptStates kept) throws IOException {
    // A task that was killed may have left a part of a file.
    pruneStatistics(markers());
    TextFile.write(folder(), COMPLETE, "");
    publish(Calibrate.STATISTICS);
    if (kept == KeptStates.FOR_GOOD) {
      publish(Calibrate.HIDDEN_STATES);
    } else {
      run.delete(Calibrate.HIDDEN_STATES);
    }
  }

  private void publish(String name) throws IOException {
    if (folder().exists(name)) {
      run.delete(name);
      run.rename(PREFIX + name, name);
    }
  }

  /** Checksums by file of all finished waves. */
  static Map<String, String> checksums(List<WaveMarker> markers) {
    Map<String, String> all = new TreeMap<>();
    markers.forEach(marker -> all.putAll(marker.statistics()));
    return all;
  }
}
