package io.gramian.compress.width;

import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.BlockWidths;
import io.gramian.model.CoupledUnits;
import io.gramian.model.Coupling;
import io.gramian.model.CouplingGroups;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What the value biases of dropped channels contribute to an attention's output: the constant
 * {@code b_v W_o} over those channels, because attention weights sum to one.
 */
public final class FoldedBias {

  private FoldedBias() {}

  /** Whether {@code block} has value biases and {@code widths} drops some of them. */
  public static boolean isNeeded(ResidualBlock block, BlockWidths widths) {
    return block.mixer() instanceof Attention attention
        && attention.value().biasName().isPresent()
        && CouplingGroups.of(block).stream()
            .filter(units -> units.group().coupling() == Coupling.VALUE_OUTPUT)
            .anyMatch(units -> kept(units, widths) < units.units());
  }

  private static int kept(CoupledUnits units, BlockWidths widths) {
    return widths.of(units).stream().mapToInt(Integer::intValue).sum();
  }

  /**
   * Adds the share of the dropped biases to the output bias of {@code tensors}, which holds the
   * value bias and output map that are left of {@code sorted}, cut off or set to zero.
   */
  static void addTo(Map<String, Tensor> tensors, Attention attention, Weights sorted) {
    Optional<String> valueBias = attention.value().biasName();
    String output = attention.output().weight();
    Tensor bias = sorted.get(valueBias.orElseThrow());
    Tensor whole = constant(attention, bias, sorted.get(output));
    Tensor still = constant(attention, tensors.get(valueBias.get()), tensors.get(output));
    Tensor dropped = Tensors.like(whole.sub(still), bias);
    tensors.merge(NarrowedBlock.outputBias(attention), dropped, Tensor::add);
  }

  /** {@code b_v W_o [h]}, F64. */
  private static Tensor constant(Attention attention, Tensor bias, Tensor output) {
    return Tensors.toDouble(output).mv(Tensors.toDouble(perColumn(attention, bias)));
  }

  /**
   * The value bias that reaches each column of the output map, {@code [heads * d]}: every query
   * head reads the biases of its KV head.
   *
   * @param bias {@code b_v [kvHeads * d]}
   */
  public static Tensor perColumn(Attention attention, Tensor bias) {
    return torch
        .repeat_interleave(
            bias.view(attention.layout().kvHeads(), -1),
            attention.layout().queriesPerKvHead(),
            new LongOptional(0),
            new LongOptional())
        .flatten();
  }
}
