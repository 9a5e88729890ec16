package io.gramian.compress.finetune;

import io.gramian.compress.RandomModel;
import io.gramian.compress.RandomWidths;
import io.gramian.compress.tensor.NativeRuntime;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.store.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A small random model cut to a random width, with adapters none of which is zero, and a batch. */
final class TrainingCase implements AutoCloseable {

  static final double SCALE = 1.5;
  static final int RANK = 3;

  private final PointerScope scope = new PointerScope();
  private final ModelCheckpoint checkpoint;
  private final FrozenModel model;
  private final AdapterLayout layout;
  private final Map<Integer, BlockWidths> widths;
  private final WidthSlice slice;
  private final Tensor values;

  private TrainingCase(
      ModelCheckpoint checkpoint, long seed, Precision precision, UnaryOperator<Tensor> type) {
    this.checkpoint = checkpoint;
    DecoderSpec spec = checkpoint.spec();
    Weights whole = Weights.read(checkpoint.checkpoint(), spec.tensors());
    whole.names().forEach(name -> whole.replace(name, type));
    model = new FrozenModel(spec, whole, precision);
    layout = AdapterLayout.of(spec, RANK);
    widths = RandomWidths.random(spec, new Random(seed));
    slice = new WidthSlice(model, layout, widths);
    int count = Math.toIntExact(layout.parameters());
    float[] random = RandomModel.gaussians(new Random(seed), count);
    values = type.apply(Tensors.times(Tensor.create(random), 0.3));
  }

  /** In F64. */
  static TrainingCase exact(String config, long seed, Path folder) throws IOException {
    NativeRuntime.load();
    return new TrainingCase(
        RandomModel.write(config, seed, folder), seed, Precision.FLOAT32, Tensors::toDouble);
  }

  /** As a trainer would hold it. */
  static TrainingCase of(String config, long seed, Precision precision, Path folder)
      throws IOException {
    NativeRuntime.load();
    return new TrainingCase(
        RandomModel.write(config, seed, folder), seed, precision, Tensors::toFloat);
  }

  /** Sequences of those lengths, at places in the order of a step. */
  static TrainingBatch batch(ModelCheckpoint checkpoint, long seed, int... lengths) {
    Random random = new Random(seed);
    List<int[]> sequences = new ArrayList<>();
    IntStream.of(lengths)
        .forEach(length -> sequences.add(RandomModel.ids(checkpoint, random, length)));
    return TrainingBatch.of(sequences, LongStream.range(0, lengths.length).boxed().toList());
  }

  ModelCheckpoint checkpoint() {
    return checkpoint;
  }

  DecoderSpec spec() {
    return checkpoint.spec();
  }

  FrozenModel model() {
    return model;
  }

  AdapterLayout layout() {
    return layout;
  }

  Map<Integer, BlockWidths> widths() {
    return widths;
  }

  WidthSlice slice() {
    return slice;
  }

  /** All adapters, flat. */
  Tensor values() {
    return values;
  }

  LossGradient loss(double dropout, long seed) {
    return new LossGradient(model, new Dropout(dropout, Draws.of(seed)), SCALE);
  }

  /** With room for graphs of that many bytes. */
  LossGradient loss(double dropout, long seed, long graphBytes) {
    return new LossGradient(model, new Dropout(dropout, Draws.of(seed)), SCALE, graphBytes);
  }

  @Override
  public void close() throws IOException {
    slice.close();
    model.close();
    checkpoint.close();
    scope.close();
  }
}
