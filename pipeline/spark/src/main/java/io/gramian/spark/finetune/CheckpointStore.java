package io.gramian.spark.finetune;

import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.finetune.TrainerState;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checkpoints of one training: the newest two, in case one is being written when all ends, and
 * the best. A file appears whole or not at all.
 *
 * @param run folder of the run; the checkpoints have one of their own in it
 * @param fingerprint of the training; files of another are not seen
 */
record CheckpointStore(HadoopDirectory run, String fingerprint) implements Serializable {

  /** Their folder, which is gone when the training is done. */
  static final String FOLDER = "training-checkpoints";

  private static final long serialVersionUID = 1L;

  private static final Pattern NAME = Pattern.compile("step-(\\d{8,})\\.safetensors");

  private static final int KEPT = 2;

  /** The updates of the newest checkpoint that can be gone on from, if there is one. */
  OptionalLong newest() throws IOException {
    for (long updates : stored()) {
      if (isOurs(updates)) {
        return OptionalLong.of(updates);
      }
    }
    return OptionalLong.empty();
  }

  /** Deletes everything unless there is something to go on from. */
  void clearUnlessOurs() throws IOException {
    if (newest().isEmpty()) {
      clear();
    }
  }

  /** Deletes everything. */
  void clear() throws IOException {
    run.delete(FOLDER);
  }

  /** The checkpoint after so many updates. */
  TrainingCheckpoint read(long updates) throws IOException {
    try (SafetensorsFile file = open(updates)) {
      return CheckpointFile.read(file);
    }
  }

  /** That checkpoint's history, a few numbers a step. */
  TrainingHistory readHistory(long updates) throws IOException {
    try (SafetensorsFile file = open(updates)) {
      return CheckpointFile.history(file);
    }
  }

  /** Of that checkpoint's adapters and moments, those whose names are wanted. */
  TrainerState readState(long updates, Predicate<String> wanted) throws IOException {
    try (SafetensorsFile file = open(updates)) {
      return CheckpointFile.state(file, wanted);
    }
  }

  /**
   * Adds a checkpoint, then deletes those that are no longer needed.
   *
   * @param attempt tells apart attempts that may write at the same time
   */
  void write(TrainingCheckpoint checkpoint, String attempt) throws IOException {
    String name = name(checkpoint.state().updates());
    try (PendingFile pending = PendingFile.create(folder(), name, attempt)) {
      CheckpointFile.write(pending.stream(), fingerprint, checkpoint);
      pending.commit();
    }
    prune(checkpoint.history().best());
  }

  private void prune(long best) throws IOException {
    List<Long> older = stored().stream().skip(KEPT).filter(updates -> updates != best).toList();
    for (long updates : older) {
      folder().delete(name(updates));
    }
  }

  private boolean isOurs(long updates) throws IOException {
    try (SafetensorsFile file = open(updates)) {
      return fingerprint.equals(file.metadata().get(CheckpointFile.FINGERPRINT));
    } catch (UserException e) {
      return false;
    }
  }

  /** Updates by file, the most first. */
  private List<Long> stored() throws IOException {
    return folder().list().stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .map(matcher -> Long.valueOf(matcher.group(1)))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private SafetensorsFile open(long updates) throws IOException {
    return SafetensorsFile.open(folder().open(name(updates)));
  }

  private HadoopDirectory folder() {
    return run.resolve(FOLDER);
  }

  private static String name(long updates) {
    return String.format(Locale.ROOT, "step-%08d.safetensors", updates);
  }
}
