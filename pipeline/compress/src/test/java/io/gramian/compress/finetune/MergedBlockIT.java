package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.DenseMatrix;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.RandomModel;
import io.gramian.compress.RandomWidths;
import io.gramian.compress.forward.Adapter;
import io.gramian.compress.sort.SortCriteria;
import io.gramian.compress.sort.Sorting;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.compress.width.MaskedBlock;
import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import io.gramian.model.fixture.RandomConfigs;
import io.gramian.model.store.ModelCheckpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is trained is what is deployed: every family, mixer, bias, rotation and width. */
class MergedBlockIT {

  private static final long SEED = 1709;
  private static final int SEQUENCES = 3;
  private static final int POSITIONS = 13;
  private static final int DRAWS = 3;
  private static final LoraShape LORA = new LoraShape(3, 4.5, 0);

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  /** Adapters beside sliced weights, merged weights that are sliced, and merged that are masked. */
  @ParameterizedTest
  @MethodSource("configs")
  void trainingEqualsTheMergedModelSlicedAndMasked(String config) throws IOException {
    try (PointerScope scope = new PointerScope();
        ModelCheckpoint checkpoint = RandomModel.write(config, SEED, folder);
        LoadedDecoder original = LoadedDecoder.load(checkpoint)) {
      Random random = new Random(SEED);
      int[] ids = RandomModel.ids(checkpoint, random, SEQUENCES * POSITIONS);
      try (LoadedDecoder sorted = Sorting.sort(original, SortCriteria.DEFAULT, ids, POSITIONS);
          Training training = new Training(checkpoint, sorted, random);
          LoadedDecoder merged = changed(sorted, training.merge())) {
        assertThat(difference(sorted.logits(ids, SEQUENCES, POSITIONS), merged, ids))
            .as("adapters that matter")
            .isGreaterThan(0.1);
        for (Map<Integer, BlockWidths> widths : widths(sorted.spec(), random)) {
          Tensor trained = training.logits(widths, ids);
          assertSame(trained, merged, new SlicedBlock(widths), ids);
          assertSame(trained, merged, new MaskedBlock(widths), ids);
        }
      }
    }
  }

  /** Everything, half of everything, and anything. */
  private static List<Map<Integer, BlockWidths>> widths(DecoderSpec spec, Random random) {
    List<Map<Integer, BlockWidths>> widths = new ArrayList<>();
    widths.add(RandomWidths.uniform(spec, 1.0));
    widths.add(RandomWidths.uniform(spec, 0.5));
    for (int draw = 0; draw < DRAWS; draw++) {
      widths.add(RandomWidths.random(spec, random));
    }
    return widths;
  }

  private static void assertSame(
      Tensor trained, LoadedDecoder merged, BlockTransform transform, int[] ids) {
    try (LoadedDecoder deployed = changed(merged, transform)) {
      assertThat(difference(trained, deployed, ids))
          .as("seed %d, %s", SEED, transform.getClass().getSimpleName())
          .isLessThan(1e-5);
    }
  }

  private static double difference(Tensor expected, LoadedDecoder decoder, int[] ids) {
    return Sorting.relativeDifference(
        Tensors.floats(decoder.logits(ids, SEQUENCES, POSITIONS)), Tensors.floats(expected));
  }

  private static LoadedDecoder changed(LoadedDecoder decoder, BlockTransform transform) {
    List<ResidualBlock> blocks = decoder.spec().blocks().stream().map(transform::describe).toList();
    return decoder.with(
        decoder.spec().withBlocks(blocks),
        (block, weights) -> transform.apply(block, copied(weights)));
  }

  /** A transform takes its input over. */
  private static Weights copied(Weights weights) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    weights.names().forEach(name -> tensors.put(name, weights.get(name)));
    return Weights.of(tensors);
  }

  /** Also after a journey to another process. */
  @Test
  void equalsPlainLoops() throws Exception {
    try (PointerScope scope = new PointerScope();
        ModelCheckpoint checkpoint = RandomModel.write("llamaBiases", SEED, folder);
        LoadedDecoder decoder = LoadedDecoder.load(checkpoint);
        Training training = new Training(checkpoint, decoder, new Random(SEED));
        LoadedDecoder merged = changed(decoder, sent(training.merge()))) {
      for (ResidualBlock block : decoder.spec().blocks()) {
        assertThat(merged.spec().blocks()).contains(block);
        for (TensorShape shape : block.tensors()) {
          double[] actual = Tensors.doubles(merged.weights(block).get(shape.name()));
          double[] before = Tensors.doubles(decoder.weights(block).get(shape.name()));
          assertThat(actual)
              .as("seed %d, %s", SEED, shape)
              .containsExactly(training.expected(block, shape, before), within(1e-6));
        }
      }
    }
  }

  private static MergedBlock sent(MergedBlock merge) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(merge);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (MergedBlock) in.readObject();
    }
  }

  @Test
  void blocksThatWereNotTakenAlongAreRefused() throws IOException {
    try (PointerScope scope = new PointerScope();
        ModelCheckpoint checkpoint = RandomModel.write("llamaGrouped", SEED, folder);
        LoadedDecoder decoder = LoadedDecoder.load(checkpoint);
        Training training = new Training(checkpoint, decoder, new Random(SEED))) {
      List<ResidualBlock> blocks = decoder.spec().blocks();
      MergedBlock first = MergedBlock.of(blocks.subList(0, 1), training.state(), LORA);
      assertThatThrownBy(() -> first.apply(blocks.get(1), copied(decoder.weights(blocks.get(1)))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no adapter model.layers.0.mlp.gate_proj.lora_A.weight was taken along");
      LoraShape other = new LoraShape(2, 4.5, 0);
      assertThatThrownBy(() -> MergedBlock.of(blocks, training.state(), other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("no tensor ")
          .hasMessageEndingWith(" in the state");
    }
  }

  /** A model as a trainer holds it, with adapters none of which is zero. */
  private static final class Training implements AutoCloseable {

    private final FrozenModel model;
    private final AdapterLayout layout;
    private final FlatAdapters adapters;

    Training(ModelCheckpoint checkpoint, LoadedDecoder decoder, Random random) {
      DecoderSpec spec = decoder.spec();
      List<Weights> parts = new ArrayList<>();
      parts.add(Weights.read(checkpoint.checkpoint(), spec.withBlocks(List.of()).tensors()));
      spec.blocks().forEach(block -> parts.add(copied(decoder.weights(block))));
      model = new FrozenModel(spec, Weights.joined(parts), Precision.FLOAT32);
      layout = AdapterLayout.of(spec, LORA.rank());
      adapters = FlatAdapters.fresh(layout, SEED);
      int count = Math.toIntExact(layout.parameters());
      adapters
          .values()
          .copy_(Tensors.times(Tensor.create(RandomModel.gaussians(random, count)), 0.2));
    }

    TrainerState state() {
      return adapters.state(1);
    }

    MergedBlock merge() {
      return MergedBlock.of(model.spec().blocks(), state(), LORA);
    }

    /** The training forward. */
    Tensor logits(Map<Integer, BlockWidths> widths, int[] ids) {
      try (WidthSlice slice = new WidthSlice(model, layout, widths)) {
        Map<String, Adapter> live = new HashMap<>();
        for (AdapterLeaf leaf : slice.leaves(adapters.values())) {
          Adapter adapter = leaf.adapter(LORA.scale(), Optional.empty());
          live.put(leaf.slice().place().map().weight(), adapter);
        }
        slice.set(live);
        Tensor x = model.embedding().apply(ids, SEQUENCES, POSITIONS);
        return model.head().apply(new GradientPass(slice.forwards()).last(x)).detach();
      }
    }

    double[] expected(ResidualBlock block, TensorShape shape, double[] before) {
      for (LinearSpec map : block.mixer().maps()) {
        if (map.weight().equals(shape.name())) {
          String stem = map.weight().substring(0, map.weight().length() - ".weight".length());
          DenseMatrix down = matrix(stem + ".lora_A.weight", LORA.rank(), map.in());
          DenseMatrix up = matrix(stem + ".lora_B.weight", map.out(), LORA.rank());
          DenseMatrix weight = DenseMatrix.of(map.out(), map.in(), before);
          return weight.plus(up.times(down), LORA.alpha() / LORA.rank()).toArray();
        }
      }
      return before;
    }

    private DenseMatrix matrix(String name, int rows, int columns) {
      float[] values = state().array(TensorShape.of(name, rows, columns));
      double[] exact = new double[values.length];
      for (int i = 0; i < exact.length; i++) {
        exact[i] = values[i];
      }
      return DenseMatrix.of(rows, columns, exact);
    }

    @Override
    public void close() {
      model.close();
      adapters.close();
    }
  }
}
