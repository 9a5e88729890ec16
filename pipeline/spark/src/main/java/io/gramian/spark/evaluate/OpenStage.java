package io.gramian.spark.evaluate;

import io.gramian.checkpoint.TensorSpec;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.DecoderSpec;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.model.store.PackedCheckpoint;
import io.gramian.spark.packed.ArtifactTensors;
import io.gramian.spark.packed.PackedWeights;
import io.gramian.spark.rewrite.CheckpointLayout;
import io.gramian.spark.wave.DecoderWalk;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A stage whose files were looked at: a checkpoint of floating-point weights or a packed artifact.
 */
sealed interface OpenStage {

  /** Elements of all its tensors before they were packed; a tied table counts once. */
  long parameters();

  /** Bytes of all its tensors, as they would lie on disk. */
  long bytes();

  /** A way through it. */
  DecoderWalk walk(JavaSparkContext spark, WaveLimits limits);

  /**
   * Opens a stage.
   *
   * @throws io.gramian.checkpoint.UserException if its folder holds nothing sound, or widths that
   *     do not fit it
   */
  static OpenStage of(Stage stage) throws IOException {
    return PackedCheckpoint.isAt(stage.folder()) ? packed(stage) : floating(stage);
  }

  private static OpenStage floating(Stage stage) throws IOException {
    try (ModelCheckpoint model = ModelCheckpoint.open(stage.folder())) {
      model.validate();
      BlockTransform transform = stage.transform();
      DecoderSpec spec = model.spec();
      DecoderSpec narrow =
          spec.withBlocks(spec.blocks().stream().map(transform::describe).toList());
      long bytes =
          CheckpointLayout.tensors(model, narrow).stream().mapToLong(TensorSpec::bytes).sum();
      return new Floating(stage, spec, narrow.parameterCount(), bytes);
    }
  }

  private static OpenStage packed(Stage stage) throws IOException {
    try (PackedCheckpoint artifact = PackedCheckpoint.open(stage.folder())) {
      artifact.validate();
      ArtifactTensors tensors = new ArtifactTensors(artifact.decoder(), stage.widths().widths());
      PackedDecoder decoder = tensors.decoder();
      DecoderSpec dense = artifact.dense().withBlocks(decoder.spec().blocks());
      return new Packed(stage, tensors, decoder, dense.parameterCount());
    }
  }

  /**
   * A checkpoint of floating-point weights.
   *
   * @param whole the decoder as it lies on disk
   */
  record Floating(Stage stage, DecoderSpec whole, long parameters, long bytes)
      implements OpenStage {

    @Override
    public DecoderWalk walk(JavaSparkContext spark, WaveLimits limits) {
      return new DecoderWalk(spark, stage.folder(), whole, limits).transformed(stage.transform());
    }
  }

  /**
   * A packed artifact.
   *
   * @param decoder at the stage's width
   */
  record Packed(Stage stage, ArtifactTensors tensors, PackedDecoder decoder, long parameters)
      implements OpenStage {

    @Override
    public long bytes() {
      return decoder.bytes();
    }

    @Override
    public DecoderWalk walk(JavaSparkContext spark, WaveLimits limits) {
      return new DecoderWalk(spark, stage.folder(), new PackedWeights(decoder, tensors), limits);
    }
  }
}
