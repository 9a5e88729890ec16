package io.gramian.spark.calibrate;

import io.gramian.checkpoint.Checksum;
import io.gramian.spark.hidden.BlockStates;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.KeptStates;
import io.gramian.spark.wave.ShardSet;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Finds out how far the files of an unfinished calibration can be relied on. Tasks read them all:
 * the statistics of every finished wave, and the hidden states before the next.
 */
final class SoundWaves {

  private final JavaSparkContext spark;
  private final CalibrateRequest request;
  private final UnfinishedCalibration unfinished;
  private final int shards;

  SoundWaves(JavaSparkContext spark, CalibrateRequest request, ShardSet shards) {
    this.spark = spark;
    this.request = request;
    this.unfinished = new UnfinishedCalibration(request.run());
    this.shards = shards.count();
  }

  /**
   * What was found.
   *
   * @param markers of the waves that need not be done again
   * @param damage a file that is not what a marker says, if there is one
   */
  record Found(List<WaveMarker> markers, Optional<String> damage) {

    Found {
      markers = List.copyOf(markers);
    }

    /** The first block that is not done. */
    int nextBlock() {
      return markers.isEmpty() ? 0 : markers.get(markers.size() - 1).endBlock();
    }
  }

  /**
   * The most waves from the first on whose files are all there and whole.
   *
   * <p>Older hidden states are gone unless they are kept for good; a damaged file then means the
   * start.
   */
  Found find() throws IOException {
    List<String> damaged = new ArrayList<>();
    List<WaveMarker> sound = withStatistics(unfinished.markers(), damaged);
    while (!sound.isEmpty() && !hasStates(sound, damaged)) {
      sound = sound.subList(0, sound.size() - 1);
    }
    Found found = new Found(sound, damaged.stream().findFirst());
    // Results that are on their way to their place are used whole or not at all.
    boolean torn = unfinished.isComplete() && found.nextBlock() < request.blocks();
    return torn ? new Found(List.of(), found.damage()) : found;
  }

  private List<WaveMarker> withStatistics(List<WaveMarker> markers, List<String> damaged)
      throws IOException {
    List<String> bad = damagedStatistics(UnfinishedCalibration.checksums(markers));
    damaged.addAll(bad);
    List<WaveMarker> sound = new ArrayList<>();
    for (WaveMarker marker : markers) {
      if (!Collections.disjoint(bad, marker.statistics().keySet())) {
        return sound;
      }
      sound.add(marker);
    }
    return sound;
  }

  private List<String> damagedStatistics(Map<String, String> checksums) throws IOException {
    if (checksums.isEmpty()) {
      return List.of();
    }
    HadoopDirectory statistics = unfinished.statistics();
    List<Tuple2<String, String>> files = new ArrayList<>();
    new TreeMap<>(checksums).forEach((file, sha256) -> files.add(new Tuple2<>(file, sha256)));
    return spark
        .parallelize(files, files.size())
        .filter(file -> !isSound(statistics, file._1(), file._2()))
        .map(Tuple2::_1)
        .collect();
  }

  private static boolean isSound(HadoopDirectory folder, String file, String sha256)
      throws IOException {
    try {
      return Checksum.of(folder, file).sha256().equals(sha256);
    } catch (NoSuchFileException | FileNotFoundException e) {
      return false;
    }
  }

  private boolean hasStates(List<WaveMarker> waves, List<String> damaged) throws IOException {
    boolean forGood = request.kept() == KeptStates.FOR_GOOD;
    for (int i = forGood ? 0 : waves.size() - 1; i < waves.size(); i++) {
      int block = waves.get(i).endBlock();
      if ((forGood || block < request.blocks()) && !hasStates(block, damaged)) {
        return false;
      }
    }
    return true;
  }

  private boolean hasStates(int block, List<String> damaged) throws IOException {
    BlockStates states = new BlockStates(unfinished.hiddenStates(), block);
    List<Integer> bad =
        spark
            .parallelize(IntStream.range(0, shards).boxed().toList())
            .filter(shard -> !states.isSound(shard))
            .collect();
    bad.forEach(shard -> damaged.add(BlockStates.folder(block) + "/" + BlockStates.file(shard)));
    return bad.isEmpty();
  }
}
