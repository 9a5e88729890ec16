package io.gramian.compress.quantize;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.packed.PackedDecoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What {@link FoldAndRotate} is to a block, to the tables around the blocks: the embedding {@code E
 * Q}, the head {@code W diag(g) Q} with {@code g} the final norm's weight, which becomes one. Tied
 * tables part: the results belong to {@link PackedDecoder#untied}.
 */
public final class RotatedTables {

  private RotatedTables() {}

  /**
   * The embedding for the prepared blocks.
   *
   * @param weights hold the embedding, or some of its rows; stay as they are
   * @return the embedding alone, owned by the caller
   */
  public static Weights embedding(DecoderSpec spec, Weights weights, Optional<Hadamard> rotation) {
    try (PointerScope scope = new PointerScope()) {
      Tensor table = weights.get(spec.embedding());
      return Weights.of(
          Map.of(spec.embedding(), new HiddenRotation(rotation).rotateColumns(table)));
    }
  }

  /**
   * The final norm and the head for the prepared blocks.
   *
   * @param spec as the checkpoint has it, tied or not
   * @param weights hold the final norm and the head (the embedding where they are tied), or some of
   *     its rows; stay as they are
   * @return final norm and head under the untied names, owned by the caller
   */
  public static Weights head(DecoderSpec spec, Weights weights, Optional<Hadamard> rotation) {
    try (PointerScope scope = new PointerScope()) {
      String name = spec.finalNorm().weight();
      Tensor norm = weights.get(name);
      Tensor table = weights.get(spec.head()).mul(norm);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put(name, torch.ones_like(norm));
      tensors.put(untiedHead(spec), new HiddenRotation(rotation).rotateColumns(table));
      return Weights.of(tensors);
    }
  }

  /** What the head is called in the result of {@link #head}. */
  public static String untiedHead(DecoderSpec spec) {
    return PackedDecoder.untied(spec).head();
  }
}
