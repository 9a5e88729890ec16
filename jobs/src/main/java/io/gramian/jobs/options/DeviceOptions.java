package io.gramian.jobs.options;

import io.gramian.checkpoint.ByteSource;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSettings;
import io.gramian.edge.kernel.Kernels;
import io.gramian.model.store.PackedCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --model} and {@code --threads}: what runs on this machine, and on how much of it. */
public final class DeviceOptions {

  private static final long GIBI = 1L << 30;

  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      description =
          "A folder on this machine that quantize wrote (RUN/quantized), or a checkpoint of BF16 or"
              + " F32 weights. Without --model: the sample's checkpoint.")
  private Optional<String> model;

  @Option(
      names = "--threads",
      paramLabel = "COUNT",
      description = "Threads that compute (default: as many as there are processors).")
  private Optional<Integer> threads;

  /**
   * The folder that was given, or the sample's.
   *
   * @throws UserException if it is no local one, or none was given and there is no sample
   */
  public Directory folder() {
    return local("--model", model.orElseGet(DeviceOptions::sample));
  }

  private static String sample() {
    return Sample.ifPresent()
        .map(Sample::model)
        .orElseThrow(
            () ->
                new UserException(
                    "no --model, and the sample is not at hand: give the option, or start through"
                        + " jobs/bin/gramian, which knows where the sample lies"));
  }

  /** A local folder that an option names. */
  public static Directory local(String option, String folder) {
    if (folder.contains("://")) {
      throw new UserException(
          option
              + " "
              + folder
              + ": weights are mapped into memory, which takes a folder on this machine: copy it"
              + " here");
    }
    return LocalDirectory.of(Path.of(folder));
  }

  /**
   * Opens a model.
   *
   * @throws UserException if it is none, or larger than the heap
   */
  public EdgeModel open(Directory folder) throws IOException {
    if (PackedCheckpoint.isAt(folder)) {
      requireHeap(folder, Runtime.getRuntime().maxMemory());
    }
    return EdgeModel.open(folder, settings());
  }

  /** Weights of an artifact are read into the heap, those of a checkpoint are mapped. */
  static void requireHeap(Directory folder, long heap) throws IOException {
    long bytes = 0;
    for (String file : folder.list()) {
      if (file.endsWith(".safetensors")) {
        try (ByteSource source = folder.open(file)) {
          bytes += source.size();
        }
      }
    }
    if (bytes > heap) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: its %,d bytes of weights go into the JVM's heap, which has %,d: give it more,"
                  + " such as GRAMIAN_JAVA_OPTS=-Xmx%dg",
              folder.name(),
              bytes,
              heap,
              bytes / GIBI + 2));
    }
  }

  /**
   * On what models run.
   *
   * @throws UserException if there are fewer processors than threads
   */
  public EdgeSettings settings() {
    int processors = Runtime.getRuntime().availableProcessors();
    int count = threads.orElse(processors);
    if (count > processors) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--threads %d, but there are %d processors, and threads that wait for one another"
                  + " keep theirs busy: give at most %d",
              count,
              processors,
              processors));
    }
    return new EdgeSettings(count, Kernels.best());
  }
}
