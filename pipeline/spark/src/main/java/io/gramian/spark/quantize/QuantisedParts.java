package io.gramian.spark.quantize;

import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.TextFile;
import io.gramian.checkpoint.packed.PackedMatrix;
import io.gramian.compress.quantize.Recoveries;
import io.gramian.model.packed.PackedMap;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Maps that are quantised already, a file each, in a folder of the run's that is gone when the
 * artifact is there. A file appears whole or not at all, so that a quantisation that was killed
 * goes on behind the last one.
 *
 * @param run folder of the run
 */
record QuantisedParts(HadoopDirectory run) implements Serializable {

  /** Their folder. */
  static final String FOLDER = "quantising";

  private static final long serialVersionUID = 1L;

  private static final String FINGERPRINT = "fingerprint";
  private static final String SCRATCH = "scratch";
  private static final String DAMPING = "damping";
  private static final String DEAD_CHANNELS = "dead_channels";

  /** Deletes what another quantisation left. */
  void clearUnlessOf(String fingerprint) throws IOException {
    if (!fingerprint.equals(TextFile.readOrEmpty(folder(), FINGERPRINT))) {
      clear();
      TextFile.write(folder(), FINGERPRINT, fingerprint);
    }
    folder().delete(SCRATCH);
  }

  /** Deletes everything. */
  void clear() throws IOException {
    run.delete(FOLDER);
  }

  /** For what is of use to one attempt only. */
  HadoopDirectory scratch() {
    return folder().resolve(SCRATCH);
  }

  private HadoopDirectory folder() {
    return run.resolve(FOLDER);
  }

  private static String file(PackedMap map) {
    return map.map().weight() + ".safetensors";
  }

  /** Whether all of these maps are there. */
  boolean has(List<PackedMap> maps) {
    try {
      for (PackedMap map : maps) {
        if (!folder().exists(file(map))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Stores a map.
   *
   * @param recoveries of its input, if its Hessian was looked at
   * @param attempt tells apart attempts that may write at the same time
   */
  void write(PackedMap map, PackedMatrix matrix, Optional<Recoveries> recoveries, String attempt)
      throws IOException {
    Map<String, String> notes = recoveries.map(QuantisedParts::notes).orElse(Map.of());
    try (PendingFile pending = PendingFile.create(folder(), file(map), attempt)) {
      try (SafetensorsWriter writer =
          new SafetensorsWriter(pending.stream(), notes, map.tensors())) {
        writer.append(matrix.values());
        writer.append(matrix.scales());
      }
      pending.commit();
    }
  }

  private static Map<String, String> notes(Recoveries recoveries) {
    String dead =
        recoveries.deadChannels().stream().map(String::valueOf).collect(Collectors.joining(","));
    return Map.of(DAMPING, Double.toString(recoveries.damping()), DEAD_CHANNELS, dead);
  }

  PackedMatrix read(PackedMap map) throws IOException {
    try (SafetensorsFile file = open(map)) {
      List<TensorSpec> tensors = map.tensors();
      return PackedMatrix.ofBytes(
          map.groups(), bytes(file, tensors.get(0)), bytes(file, tensors.get(1)));
    }
  }

  private static ByteBuffer bytes(SafetensorsFile file, TensorSpec tensor) throws IOException {
    TensorInfo info = file.info(tensor.name());
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(info.bytes()));
    file.read(info, 0, bytes);
    return bytes.flip();
  }

  /** What was noted of a map's input. */
  Optional<Recoveries> recoveries(PackedMap map) throws IOException {
    try (SafetensorsFile file = open(map)) {
      Map<String, String> notes = file.metadata();
      return Optional.ofNullable(notes.get(DAMPING))
          .map(damping -> recoveries(Double.parseDouble(damping), notes.get(DEAD_CHANNELS)));
    }
  }

  private static Recoveries recoveries(double damping, String dead) {
    return new Recoveries(
        damping,
        Arrays.stream(dead.split(",", -1))
            .filter(channel -> !channel.isEmpty())
            .map(Integer::valueOf)
            .toList());
  }

  private SafetensorsFile open(PackedMap map) throws IOException {
    return SafetensorsFile.open(folder().open(file(map)));
  }
}
