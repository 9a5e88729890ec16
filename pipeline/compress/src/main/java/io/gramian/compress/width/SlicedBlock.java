package io.gramian.compress.width;

import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.Attention;
import io.gramian.model.AxisSources;
import io.gramian.model.BlockWidths;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A sorted block's weights cut to a width: the tensors that {@link NarrowedBlock} describes.
 *
 * <p>What the value biases of dropped channels contribute to the output is constant, so it moves
 * into the output bias ({@link FoldedBias}). Nothing else of a dropped channel survives.
 */
public final class SlicedBlock implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private final HashMap<Integer, BlockWidths> widths;

  /**
   * Cuts every block to its width.
   *
   * @param widths by block index, one for every block
   */
  public SlicedBlock(Map<Integer, BlockWidths> widths) {
    this.widths = new HashMap<>(widths);
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return NarrowedBlock.of(block, widths.get(block.blockIndex()));
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    try (weights) {
      return of(block, widths.get(block.blockIndex()), weights);
    }
  }

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
      if (FoldedBias.isNeeded(block, widths)) {
        FoldedBias.addTo(tensors, (Attention) block.mixer(), sorted);
      }
      return Weights.of(tensors);
    }
  }
}
