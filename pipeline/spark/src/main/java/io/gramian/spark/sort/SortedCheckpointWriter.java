package io.gramian.spark.sort;

import io.gramian.checkpoint.CheckpointIndex;
import io.gramian.checkpoint.Directory;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.ShardPlan;
import io.gramian.model.store.GramianMetadata;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;

/** Puts a sorted checkpoint's folder together; it appears under its name when it is complete. */
final class SortedCheckpointWriter {

  static final String PARTIAL = Sort.SORTED + ".partial";

  /**
   * What a checkpoint holds besides weights that its users need: tokenizer, licence, generation.
   */
  private static final Pattern COMPANIONS =
      Pattern.compile(
          "(tokenizer.*|vocab.*|merges\\.txt|special_tokens_map\\.json|added_tokens\\.json"
              + "|generation_config\\.json|chat_template.*|LICENSE.*|NOTICE.*)");

  private final SortRequest request;

  SortedCheckpointWriter(SortRequest request) {
    this.request = request;
  }

  /**
   * Runs the job that writes the tensors, then adds everything else.
   *
   * @param files the job; one name a file
   * @param metadata for gramian.json
   */
  void write(JavaRDD<String> files, ShardPlan plan, GramianMetadata metadata) throws IOException {
    HadoopDirectory output = request.output();
    output.delete(PARTIAL);
    try {
      HadoopDirectory folder = output.resolve(PARTIAL);
      requireAll(files.collect(), plan);
      if (plan.shards().size() > 1) {
        CheckpointIndex.write(folder, plan);
      }
      copyCompanions(folder);
      try (PendingFile file = PendingFile.create(folder, GramianMetadata.FILE)) {
        file.stream().write(metadata.toJson());
        file.commit();
      }
      output.delete(Sort.SORTED);
      output.rename(PARTIAL, Sort.SORTED);
    } finally {
      output.delete(PARTIAL);
    }
  }

  private static void requireAll(List<String> written, ShardPlan plan) {
    if (written.size() != plan.shards().size()) {
      throw new IllegalStateException(
          written.size() + " of " + plan.shards().size() + " files were written");
    }
  }

  private void copyCompanions(HadoopDirectory folder) throws IOException {
    Directory source = request.model();
    for (String name : source.list()) {
      if (name.equals(HfConfig.FILE) || COMPANIONS.matcher(name).matches()) {
        try (InputStream in = source.read(name);
            PendingFile file = PendingFile.create(folder, name)) {
          in.transferTo(file.stream());
          file.commit();
        }
      }
    }
  }
}
