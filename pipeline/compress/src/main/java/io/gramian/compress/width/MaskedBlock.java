package io.gramian.compress.width;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.AxisSources;
import io.gramian.model.BlockWidths;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.Mixer;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorAxis;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A sorted block whose tensors keep their shapes while everything that a width drops is zero: what
 * {@link SlicedBlock} computes, at full size. That a dropped channel stays zero all the way rests
 * on {@code act(0) = 0}, on the rotation of a pair of zeros, and on the gated norm's mean over the
 * kept channels alone.
 *
 * <p>What the value biases of dropped channels contribute moves into the output bias, as when
 * slicing.
 */
public final class MaskedBlock implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private final HashMap<Integer, BlockWidths> widths;

  /**
   * Masks every block to its width.
   *
   * @param widths by block index, one for every block
   */
  public MaskedBlock(Map<Integer, BlockWidths> widths) {
    this.widths = new HashMap<>(widths);
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return describe(block, widths.get(block.blockIndex()));
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    try (weights) {
      return of(block, widths.get(block.blockIndex()), weights);
    }
  }

  /**
   * The masked block: full-width maps, a gated norm that averages over what is kept, and an output
   * bias where value biases are dropped.
   */
  public static ResidualBlock describe(ResidualBlock block, BlockWidths widths) {
    Mixer mixer = block.mixer().accept(new Describe(block, widths));
    return new ResidualBlock(block.blockIndex(), block.layerIndex(), block.norm(), mixer);
  }

  /** The masked weights of a sorted {@code block}, F32, owned by the caller. */
  public static Weights of(ResidualBlock block, BlockWidths widths, Weights sorted) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      sorted.names().forEach(name -> tensors.put(name, sorted.get(name)));
      dropped(block, widths)
          .forEach(
              (axis, channels) ->
                  tensors.computeIfPresent(
                      axis.tensor(), (name, tensor) -> zeroed(tensor, axis.axis(), channels)));
      if (FoldedBias.isNeeded(block, widths)) {
        FoldedBias.addTo(tensors, (Attention) block.mixer(), sorted);
      }
      return Weights.of(tensors);
    }
  }

  /** The channels of every touched axis that {@code widths} drops, ascending. */
  public static SortedMap<TensorAxis, int[]> dropped(ResidualBlock block, BlockWidths widths) {
    SortedMap<TensorAxis, int[]> kept = AxisSources.of(block, widths.prefixes(block));
    SortedMap<TensorAxis, int[]> dropped = new TreeMap<>();
    AxisSources.of(block, Map.of())
        .forEach((axis, all) -> dropped.put(axis, complement(all.length, kept.get(axis))));
    return dropped;
  }

  private static int[] complement(int length, int[] kept) {
    BitSet left = new BitSet(length);
    IntStream.of(kept).forEach(left::set);
    left.flip(0, length);
    return left.stream().toArray();
  }

  private static Tensor zeroed(Tensor tensor, int axis, int[] channels) {
    Tensor indices = Tensor.create(channels).to(ScalarType.Long);
    return channels.length == 0 ? tensor : tensor.index_fill(axis, indices, new Scalar(0.0));
  }

  private record Describe(ResidualBlock block, BlockWidths widths) implements MixerVisitor<Mixer> {

    @Override
    public Mixer attention(Attention attention) {
      if (!FoldedBias.isNeeded(block, widths)) {
        return attention;
      }
      LinearSpec from = attention.output();
      String bias = NarrowedBlock.outputBias(attention);
      return new Attention(
          attention.query(),
          attention.key(),
          attention.value(),
          new LinearSpec(from.weight(), bias, from.out(), from.in()),
          attention.layout(),
          attention.rope());
    }

    @Override
    public Mixer mlp(Mlp mlp) {
      return mlp;
    }

    @Override
    public Mixer mamba2(Mamba2 mamba2) {
      Mamba2 narrow = (Mamba2) NarrowedBlock.of(block, widths).mixer();
      return new Mamba2(
          mamba2.input(),
          mamba2.convolution(),
          mamba2.scan(),
          mamba2.gatedNorm().averagedOver(narrow.layout().innerSize()),
          mamba2.output(),
          mamba2.layout());
    }
  }
}
