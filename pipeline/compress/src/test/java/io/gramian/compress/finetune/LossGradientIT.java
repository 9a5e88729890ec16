package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gramian.compress.finetune.AdapterLayout.Place;
import io.gramian.compress.forward.Adapter;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.fixture.RandomConfigs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of the whole training loss, at random widths, for every family and mixer. */
class LossGradientIT {

  private static final long SEED = 1312;
  private static final double DROPOUT = 0.3;
  private static final double STEP = 1e-5;

  @TempDir private Path folder;

  static Stream<String> configs() {
    return RandomConfigs.all().keySet().stream();
  }

  /**
   * Along a random direction of every adapter tensor, in F64: {@code (L(p + h d) - L(p - h d)) / 2h
   * = g . d}.
   */
  @ParameterizedTest
  @MethodSource("configs")
  void equalsFiniteDifferences(String config) throws IOException {
    try (TrainingCase example = TrainingCase.exact(config, SEED, folder);
        PointerScope scope = new PointerScope()) {
      TrainingBatch batch = TrainingCase.batch(example.checkpoint(), SEED, 19, 1, 7);
      Tensor gradient = torch.zeros_like(example.values());
      loss(example, batch, example.values(), gradient);
      Random random = new Random(SEED);
      for (Place place : example.layout().places()) {
        check(example, batch, gradient, direction(place.down(gradient), random), place, true);
        check(example, batch, gradient, direction(place.up(gradient), random), place, false);
      }
    }
  }

  private static Tensor direction(Tensor like, Random random) {
    double[] values = random.doubles(like.numel(), -1, 1).toArray();
    return Tensor.create(values).view_as(like);
  }

  private static void check(
      TrainingCase example,
      TrainingBatch batch,
      Tensor gradient,
      Tensor direction,
      Place place,
      boolean down) {
    Tensor whole = torch.zeros_like(gradient);
    (down ? place.down(whole) : place.up(whole)).copy_(direction);
    double expected =
        (moved(example, batch, whole, STEP) - moved(example, batch, whole, -STEP)) / (2 * STEP);
    double actual = gradient.mul(whole).sum().item_double();
    double size = Math.max(1e-2, gradient.mul(whole).abs().sum().item_double());
    assertThat(actual / size)
        .as("seed %d %s", SEED, down ? place.downShape() : place.upShape())
        .isCloseTo(expected / size, within(1e-6));
  }

  private static double moved(TrainingCase example, TrainingBatch batch, Tensor whole, double by) {
    Tensor values = example.values().add(whole, new Scalar(by));
    return loss(example, batch, values, torch.zeros_like(values));
  }

  private static double loss(
      TrainingCase example, TrainingBatch batch, Tensor values, Tensor sums) {
    return example.loss(DROPOUT, SEED).add(example.slice(), batch, 5, values, sums);
  }

  /** No graph kept, those of some blocks, all: the same bits. */
  @ParameterizedTest
  @MethodSource("configs")
  void keptGraphsChangeNoBit(String config) throws IOException {
    for (Precision precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
      try (TrainingCase example = TrainingCase.of(config, SEED, precision, folder);
          PointerScope scope = new PointerScope()) {
        TrainingBatch batch = TrainingCase.batch(example.checkpoint(), SEED, 19, 1, 7);
        MicroBatch part = MicroBatch.split(batch).get(0);
        int blocks = example.spec().blocks().size();
        float[] none = gradients(example, batch, 0);
        long bytes = bytesFor(example, part, blocks / 2);
        assertThat(example.slice().affordableGraphs(part, 0)).isZero();
        assertThat(example.slice().affordableGraphs(part, bytes)).isEqualTo(blocks / 2);
        assertThat(example.slice().affordableGraphs(part, 1L << 40)).isEqualTo(blocks);
        assertThat(gradients(example, batch, bytes)).as("seed %d", SEED).isEqualTo(none);
        assertThat(gradients(example, batch, 1L << 40)).as("seed %d", SEED).isEqualTo(none);
      }
    }
  }

  /** The least room in which {@code graphs} are kept. */
  private static long bytesFor(TrainingCase example, MicroBatch part, int graphs) {
    long bytes = 0;
    while (example.slice().affordableGraphs(part, bytes) < graphs) {
      bytes += 1024;
    }
    return bytes;
  }

  private static float[] gradients(TrainingCase example, TrainingBatch batch, long graphBytes) {
    Tensor sums = torch.zeros_like(example.values());
    LossGradient loss = example.loss(DROPOUT, SEED, graphBytes);
    loss.add(example.slice(), batch, 5, example.values(), sums);
    return Tensors.floats(sums);
  }

  /** One graph over everything, and libtorch's own cross-entropy: no recomputation, no chunks. */
  @ParameterizedTest
  @MethodSource("configs")
  void equalsOneWholeGraph(String config) throws IOException {
    try (TrainingCase example = TrainingCase.of(config, SEED, Precision.FLOAT32, folder);
        PointerScope scope = new PointerScope()) {
      TrainingBatch batch = TrainingCase.batch(example.checkpoint(), SEED, 30, 30);
      Tensor actual = torch.zeros_like(example.values());
      double loss = example.loss(0, SEED).add(example.slice(), batch, 5, example.values(), actual);
      Tensor expected = torch.zeros_like(example.values());
      assertThat(loss).isCloseTo(wholeGraph(example, batch, expected), within(1e-3));
      double size = expected.abs().max().item_double();
      assertThat(actual.sub(expected).abs().max().item_double() / size)
          .as("seed %d", SEED)
          .isLessThan(1e-5);
    }
  }

  private static double wholeGraph(TrainingCase example, TrainingBatch batch, Tensor sums) {
    MicroBatch part = MicroBatch.split(batch).get(0);
    List<AdapterLeaf> leaves = example.slice().leaves(example.values());
    Map<String, Adapter> live = new HashMap<>();
    leaves.forEach(
        leaf ->
            live.put(
                leaf.slice().place().map().weight(),
                leaf.adapter(TrainingCase.SCALE, Optional.empty())));
    example.slice().set(live);
    Tensor x = example.model().embedding().apply(part.ids(), part.sequences(), part.positions());
    for (BlockForward block : example.slice().forwards()) {
      x = block.apply(x, SiteRecorder.NONE);
    }
    Tensor rows = x.narrow(1, 0, part.positions() - 1).flatten(0, 1);
    Tensor targets = Tensor.create(part.targets()).to(ScalarType.Long);
    Tensor losses = torch.log_softmax(example.model().head().apply(rows), 1);
    Tensor loss = torch.gather(losses, 1, targets.unsqueeze(1)).sum().neg();
    loss.backward();
    leaves.forEach(leaf -> leaf.addGradientsTo(sums));
    return Scopes.compute(() -> Tensors.toDouble(loss).item_double());
  }
}
