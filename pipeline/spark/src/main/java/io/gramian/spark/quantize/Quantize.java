package io.gramian.spark.quantize;

import io.gramian.checkpoint.UserException;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.GramianMetadata;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.Quantisation;
import io.gramian.spark.packed.PackedFolder;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.progress.TaskProgress;
import io.gramian.spark.session.JobPhase;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.wave.ShardSet;
import io.gramian.spark.wave.UserFailure;
import java.io.IOException;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Rounds a checkpoint's linear maps, its embedding and its head to 4 bits and writes the packed
 * artifact, of which every width is a prefix (algorithms.md section 6).
 *
 * <p>GPTQ costs two forward passes of the calibration set, the Gram matrices of two inputs a block,
 * and {@code n^2} operations a row of {@code n} columns, which are spread over tasks by rows. The
 * driver sees names only.
 */
public final class Quantize {

  /** Name of the phase. */
  public static final String PHASE = "quantize";

  /** Folder of the artifact. */
  public static final String QUANTIZED = "quantized";

  /** Tasks a core gets, to even out slow ones. */
  private static final int TASKS_PER_CORE = 4;

  private final JavaSparkContext spark;
  private final ProgressListener progress;
  private final int tasks;

  /** Makes the verb. */
  public Quantize(JavaSparkContext spark, ProgressListener progress) {
    this(spark, progress, TASKS_PER_CORE * spark.defaultParallelism());
  }

  /** The same with another number of tasks, which changes no byte. */
  Quantize(JavaSparkContext spark, ProgressListener progress, int tasks) {
    this.spark = spark;
    this.progress = progress;
    this.tasks = tasks;
  }

  /**
   * Writes {@code quantized/} into the run. What an earlier attempt with the same fingerprint has
   * done is not done again.
   *
   * @param shards of the calibration set
   * @throws UserException naming the tensor, if a weight, an activation or a Hessian cannot be
   *     worked with; nothing is left behind then
   */
  public void run(QuantizeRequest request, ShardSet shards) throws IOException {
    QuantisedParts parts = new QuantisedParts(request.run());
    parts.clearUnlessOf(request.fingerprint());
    try (ModelCheckpoint source = ModelCheckpoint.open(request.source())) {
      source.validate();
      quantise(request, source, parts, shards);
    } catch (Exception e) {
      // Spark's exceptions are checked ones that it does not declare.
      if (UserFailure.in(e).isPresent()) {
        parts.clear();
      }
      throw e;
    }
  }

  /** Deletes what a quantisation that is done has left. */
  public static void forgetParts(HadoopDirectory run) throws IOException {
    new QuantisedParts(run).clear();
  }

  private void quantise(
      QuantizeRequest request, ModelCheckpoint source, QuantisedParts parts, ShardSet shards)
      throws IOException {
    Preparation preparation = Preparation.of(source.spec());
    PackedDecoder decoder = PackedDecoder.of(source.spec(), request.settings().group());
    QuantisedTensors tensors = new QuantisedTensors(decoder, preparation, parts);
    PackedFolder folder = new PackedFolder(spark, request.source(), decoder);
    BlockByBlock work =
        new BlockByBlock(new BlockByBlock.Work(spark, tasks), request, tensors, shards);
    try (JobPhase phase = JobPhase.begin(spark, PHASE, request.stage());
        TaskProgress done =
            TaskProgress.start(spark, progress, PHASE, work.units() + folder.files())) {
      work.run(done.units());
      Quantisation how = quantisation(request, tensors);
      GramianMetadata metadata =
          source.metadata().orElseGet(() -> new GramianMetadata(Map.of(), Map.of())).packed(how);
      PackedFolder.Place place = new PackedFolder.Place(request.run(), QUANTIZED);
      folder.write(tensors, metadata, place, done.units());
    }
  }

  private static Quantisation quantisation(QuantizeRequest request, QuantisedTensors tensors)
      throws IOException {
    QuantizeSettings settings = request.settings();
    return new Quantisation(
        new Quantisation.Method(
            settings.rounding().label(), settings.scale().label(), tensors.preparation().label()),
        request.stage(),
        settings.profile(),
        Quantisation.columnRuns(tensors.decoder()),
        NotedRecoveries.of(tensors),
        request.widths());
  }
}
