package io.gramian.spark.rewrite;

import io.gramian.checkpoint.CheckpointIndex;
import io.gramian.checkpoint.Checksum;
import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.PendingFile;
import io.gramian.checkpoint.Sha256Sums;
import io.gramian.checkpoint.ShardPlan;
import io.gramian.model.store.GramianMetadata;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaPairRDD;
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
    assemble(() -> fill(files.collect(), plan, metadata));
  }

  /**
   * The same for a folder that is to be copied elsewhere: the SHA-256 of all its files come last.
   *
   * @param files the job; name and SHA-256 of a file, written to {@link #partial}
   */
  public void writeWithSums(
      JavaPairRDD<String, String> files, ShardPlan plan, GramianMetadata metadata)
      throws IOException {
    assemble(
        () -> {
          Map<String, String> digests = new TreeMap<>(files.collectAsMap());
          fill(digests.keySet(), plan, metadata);
          addSmallFiles(digests);
          Sha256Sums.of(digests).write(partial());
        });
  }

  private void assemble(Filling filling) throws IOException {
    parent.delete(partialName());
    try {
      filling.run();
      parent.delete(name);
      parent.rename(partialName(), name);
    } finally {
      parent.delete(partialName());
    }
  }

  /** Puts all files into {@link #partial}. */
  private interface Filling {
    void run() throws IOException;
  }

  private void fill(Collection<String> written, ShardPlan plan, GramianMetadata metadata)
      throws IOException {
    HadoopDirectory folder = partial();
    requireAll(written, plan);
    if (plan.shards().size() > 1) {
      CheckpointIndex.write(folder, plan);
    }
    copyCompanions(folder);
    try (PendingFile file = PendingFile.create(folder, GramianMetadata.FILE)) {
      file.stream().write(metadata.toJson());
      file.commit();
    }
  }

  private static void requireAll(Collection<String> written, ShardPlan plan) {
    if (written.size() != plan.shards().size()) {
      throw new IllegalStateException(
          written.size() + " of " + plan.shards().size() + " files were written");
    }
  }

  /** What no task has hashed. Hidden files are what an attempt that was stopped left half done. */
  private void addSmallFiles(Map<String, String> digests) throws IOException {
    HadoopDirectory folder = partial();
    for (String file : folder.list()) {
      if (!digests.containsKey(file) && !file.startsWith(".")) {
        digests.put(file, Checksum.of(folder, file).sha256());
      }
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
