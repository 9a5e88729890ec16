package io.gramian.compress.finetune;

import io.gramian.compress.forward.Embedding;
import io.gramian.compress.forward.Head;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The tensors of the whole sorted model, which training does not change. Under {@link
 * Precision#BFLOAT16} the matrices of linear maps and the head are BF16, 2 bytes an element, all
 * else F32; a tied table is then held in both.
 */
final class FrozenModel implements AutoCloseable {

  private final DecoderSpec spec;
  private final Map<Integer, Weights> blocks = new LinkedHashMap<>();
  private final Weights inputs;
  private final Weights outputs;

  /**
   * Takes over {@code whole}.
   *
   * @param whole every tensor of {@code spec}, F32
   */
  FrozenModel(DecoderSpec spec, Weights whole, Precision precision) {
    this.spec = spec;
    for (ResidualBlock block : spec.blocks()) {
      blocks.put(block.blockIndex(), whole.take(names(block.tensors())));
    }
    boolean reduced = precision.resolved() == Precision.BFLOAT16;
    if (reduced) {
      spec.blocks().forEach(block -> reduce(block, blocks.get(block.blockIndex())));
    }
    inputs = whole;
    outputs = reduced ? reducedHead(whole) : whole;
  }

  private static List<String> names(List<TensorShape> shapes) {
    return shapes.stream().map(TensorShape::name).toList();
  }

  private static void reduce(ResidualBlock block, Weights weights) {
    for (LinearSpec map : block.mixer().maps()) {
      weights.replace(map.weight(), FrozenModel::reduced);
    }
  }

  /** Final norm and head; of {@code whole} only an embedding stays. */
  private Weights reducedHead(Weights whole) {
    Weights head = whole.take(List.of(spec.finalNorm().weight()));
    if (spec.tied()) {
      Weights table = Scopes.compute(() -> Weights.of(Map.of(spec.head(), whole.get(spec.head()))));
      head = Weights.joined(List.of(head, table));
    } else {
      head = Weights.joined(List.of(head, whole.take(List.of(spec.head()))));
    }
    head.replace(spec.head(), FrozenModel::reduced);
    return head;
  }

  private static Tensor reduced(Tensor tensor) {
    return tensor.to(ScalarType.BFloat16);
  }

  DecoderSpec spec() {
    return spec;
  }

  /** Tensors of one block. */
  Weights weights(ResidualBlock block) {
    return blocks.get(block.blockIndex());
  }

  Embedding embedding() {
    return new Embedding(spec, inputs);
  }

  Head head() {
    return new Head(spec, outputs);
  }

  /** Native bytes held. */
  long bytes() {
    return owned().mapToLong(Weights::bytes).sum();
  }

  private Stream<Weights> owned() {
    return Stream.concat(blocks.values().stream(), Stream.of(inputs, outputs).distinct());
  }

  @Override
  public void close() {
    owned().forEach(Weights::close);
  }
}
