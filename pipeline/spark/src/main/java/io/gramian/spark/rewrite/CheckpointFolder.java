package io.gramian.spark.rewrite;

import io.gramian.checkpoint.CheckpointIndex;
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

/** Puts a checkpoint's folder together; it appears under its name when it is complete. */
public final class CheckpointFolder {

  /**
   * What a checkpoint holds besides weights that its users need: tokenizer, licence, generation.
   */
  private static final Pattern COMPANIONS =
      Pattern.compile(
          "(tokenizer.*|vocab.*|merges\\.txt|special_tokens_map\\.json|added_tokens\\.json"
              + "|generation_config\\.json|chat_template.*|LICENSE.*|NOTICE.*)");

  private final HadoopDirectory source;
  private final HadoopDirectory parent;
  private final String name;

  /**
   * Plans a folder.
   *
   * @param source the checkpoint that it is made from: companions and config are copied
   * @param parent where it is to lie
   * @param name its own; what is there under that name is replaced
   */
  public CheckpointFolder(HadoopDirectory source, HadoopDirectory parent, String name) {
    this.source = source;
    this.parent = parent;
    this.name = name;
  }

  /** Where the job has to write its files. */
  public HadoopDirectory partial() {
    return parent.resolve(partialName());
  }

  private String partialName() {
    return name + ".partial";
  }

  /**
   * Runs the job that writes the tensors, then adds everything else.
   *
   * @param files the job; one name a file, written to {@link #partial}
   * @param metadata for gramian.json
   */
  public void write(JavaRDD<String> files, ShardPlan plan, GramianMetadata metadata)
      throws IOException {
    parent.delete(partialName());
    try {
      HadoopDirectory folder = partial();
      requireAll(files.collect(), plan);
      if (plan.shards().size() > 1) {
        CheckpointIndex.write(folder, plan);
      }
      copyCompanions(folder);
      try (PendingFile file = PendingFile.create(folder, GramianMetadata.FILE)) {
        file.stream().write(metadata.toJson());
        file.commit();
      }
      parent.delete(name);
      parent.rename(partialName(), name);
    } finally {
      parent.delete(partialName());
    }
  }

  private static void requireAll(List<String> written, ShardPlan plan) {
    if (written.size() != plan.shards().size()) {
      throw new IllegalStateException(
          written.size() + " of " + plan.shards().size() + " files were written");
    }
  }

  private void copyCompanions(HadoopDirectory folder) throws IOException {
    for (String file : source.list()) {
      if (file.equals(HfConfig.FILE) || COMPANIONS.matcher(file).matches()) {
        try (InputStream in = source.read(file);
            PendingFile pending = PendingFile.create(folder, file)) {
          in.transferTo(pending.stream());
          pending.commit();
        }
      }
    }
  }
}
