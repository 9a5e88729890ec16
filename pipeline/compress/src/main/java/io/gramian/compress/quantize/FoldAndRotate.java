package io.gramian.compress.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Prepares a block for quantisation without changing what the decoder computes: the norm's weight
 * {@code g} moves into the maps that read it, {@code W diag(g) Q}, and the maps that write to the
 * residual stream become {@code Q' W}, {@code Q' b}. The norm then has weight one, so that it
 * commutes with {@code Q}.
 */
public final class FoldAndRotate implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private final HiddenRotation rotation;

  /**
   * Folds, and rotates if there is a rotation.
   *
   * @param rotation of the hidden size; empty to fold only
   */
  public FoldAndRotate(Optional<Hadamard> rotation) {
    this.rotation = new HiddenRotation(rotation);
  }

  /** The same description: the norm stays, with weight one. */
  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return block;
  }

  /** One map after the other, so that of a large block no second copy is ever held. */
  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    try {
      List<ProjectionInput> inputs = ProjectionInput.of(block);
      String norm = block.norm().weight();
      Tensor scale = weights.get(norm);
      for (LinearSpec reader : inputs.get(0).maps()) {
        change(weights, reader.weight(), w -> rotation.rotateColumns(w.mul(scale)));
      }
      for (LinearSpec writer : inputs.get(1).maps()) {
        change(weights, writer.weight(), rotation::rotateRows);
        writer.biasName().ifPresent(bias -> change(weights, bias, rotation::rotateRows));
      }
      weights.replace(norm, weight -> torch.ones_like(weight));
      return weights;
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  /** Only some of a block's tensors may have been read. */
  private static void change(Weights weights, String name, UnaryOperator<Tensor> to) {
    if (weights.names().contains(name)) {
      weights.replace(name, to);
    }
  }
}
