package io.gramian.spark.merge;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.UserFailure;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Adds statistics up, file by file.
 *
 * <p>Sums are of fixed-point numbers and exact, so nothing depends on the order of the sources, and
 * what was added comes off again to the bit. Whether the result has the bytes of <em>one</em> pass
 * over all texts is decided earlier, by the cut into micro-shards: a shard is computed as one
 * batch, and the kernels of a batch may round a sequence's activations otherwise in other company.
 *
 * <ul>
 *   <li>Texts of whole micro-shards ({@code max(1, 2048 / T)} sequences each, {@code T} the tokens
 *       of the longest), each with a sequence of {@code T} tokens: the same shards are computed,
 *       and merged files are those of one pass over the texts in that order, byte for byte.
 *   <li>Texts that end within a shard: sequences are grouped otherwise. Every sum is over the same
 *       tokens, and differs by the rounding of F32 activations: less than one part in a million of
 *       the largest element of a statistic on the models measured.
 * </ul>
 *
 * <p>Costs one reading of every source and one writing; a task holds three tiles.
 */
public final class Merge {

  /** Name of the verb; its output takes the place of {@code calibrate}'s. */
  public static final String VERB = "merge";

  private final JavaSparkContext spark;
  private final ProgressListener progress;

  public Merge(JavaSparkContext spark, ProgressListener progress) {
    this.spark = spark;
    this.progress = progress;
  }

  /**
   * Writes one file for each of {@code files}, which every source has, into {@code output}.
   *
   * @throws UserException naming block and site, if statistics do not go together, a sum overflows,
   *     or what is subtracted is no part of what is added
   */
  public void run(MergeRequest request, List<String> files, HadoopDirectory output) {
    String sources = request.added().size() + request.subtracted().size() + " runs";
    try (JobPhase phase = JobPhase.begin(spark, VERB, sources);
        TaskProgress done = TaskProgress.start(spark, progress, VERB, files.size())) {
      MergeTask task = new MergeTask(request, output, done.units());
      UserFailure.unwrapped(() -> spark.parallelize(files, files.size()).map(task).collect());
    }
  }
}
