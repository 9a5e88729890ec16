package io.gramian.compress.width;

import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.AxisSources;
import io.gramian.model.BlockWidths;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A sorted block's weights cut to a width: the tensors that {@link NarrowedBlock} describes.
 *
 * <p>What the value biases of dropped channels contribute to the output is constant ({@code b_v
 * W_o} over those channels: attention weights sum to one), so it moves into the output bias.
 * Nothing else of a dropped channel survives.
 */
public final class SlicedBlock {

  private SlicedBlock() {}

  /** The sliced weights of a sorted {@code block}, F32, owned by the caller. */
  public static Weights of(ResidualBlock block, BlockWidths widths, Weights sorted) {
    try (PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      sorted.names().forEach(name -> tensors.put(name, sorted.get(name)));
      AxisSources.of(block, widths.prefixes(block))
          .forEach(
              (axis, sources) ->
                  tensors.computeIfPresent(
                      axis.tensor(), (name, tensor) -> Tensors.take(tensor, axis.axis(), sources)));
      block.mixer().accept(new FoldBias(sorted, tensors));
      return Weights.of(tensors);
    }
  }

  /** Adds the dropped value biases' share to the output bias. */
  private record FoldBias(Weights sorted, Map<String, Tensor> tensors)
      implements MixerVisitor<Void> {

    @Override
    public Void attention(Attention attention) {
      Optional<String> valueBias = attention.value().biasName();
      Tensor kept = tensors.get(attention.output().weight());
      if (valueBias.isPresent() && kept.size(1) < attention.output().in()) {
        Tensor whole = constant(attention, sorted.get(valueBias.get()), weight(attention));
        Tensor still = constant(attention, tensors.get(valueBias.get()), kept);
        Tensor dropped = Tensors.toFloat(whole.sub(still));
        tensors.merge(NarrowedBlock.outputBias(attention), dropped, Tensor::add);
      }
      return null;
    }

    private Tensor weight(Attention attention) {
      return sorted.get(attention.output().weight());
    }

    /** {@code b_v W_o [h]}, F64: every query head reads the biases of its KV head. */
    private static Tensor constant(Attention attention, Tensor bias, Tensor output) {
      int kvHeads = attention.layout().kvHeads();
      Tensor perQuery =
          torch.repeat_interleave(
              bias.view(kvHeads, -1),
              attention.layout().queriesPerKvHead(),
              new LongOptional(0),
              new LongOptional());
      return Tensors.toDouble(output).mv(Tensors.toDouble(perQuery.flatten()));
    }

    @Override
    public Void mlp(Mlp mlp) {
      return null;
    }

    @Override
    public Void mamba2(Mamba2 mamba2) {
      return null;
    }
  }
}
