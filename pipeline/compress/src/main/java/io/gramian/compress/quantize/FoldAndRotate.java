package io.gramian.compress.quantize;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.PointerScope;
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

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    List<ProjectionInput> inputs = ProjectionInput.of(block);
    try (weights;
        PointerScope scope = new PointerScope()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      weights.names().forEach(name -> tensors.put(name, weights.get(name)));
      Tensor norm = tensors.get(block.norm().weight());
      inputs.get(0).maps().forEach(map -> tensors.computeIfPresent(map.weight(), reader(norm)));
      for (LinearSpec writer : inputs.get(1).maps()) {
        tensors.computeIfPresent(writer.weight(), (name, tensor) -> rotation.rotateRows(tensor));
        writer
            .biasName()
            .ifPresent(
                bias ->
                    tensors.computeIfPresent(bias, (name, tensor) -> rotation.rotateRows(tensor)));
      }
      tensors.put(block.norm().weight(), torch.ones_like(norm));
      return Weights.of(tensors);
    }
  }

  /** {@code W diag(g) Q}. */
  private BiFunction<String, Tensor, Tensor> reader(Tensor norm) {
    return (name, tensor) -> rotation.rotateColumns(tensor.mul(norm));
  }
}
