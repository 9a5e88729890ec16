package io.gramian.compress.finetune;

import io.gramian.compress.finetune.AdapterLayout.Place;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.BlockTransform;
import io.gramian.model.LinearSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Blocks with their adapters merged: {@code W + (alpha / r) B A [out, in]} for every linear map, as
 * wide as before. Costs {@code 2 r out in} operations a map. Carries the adapters of its blocks, 4
 * bytes a parameter of them.
 */
public final class MergedBlock implements BlockTransform {

  private static final long serialVersionUID = 1L;

  private final HashMap<String, float[]> adapters;
  private final LoraShape lora;

  private MergedBlock(Map<String, float[]> adapters, LoraShape lora) {
    this.adapters = new HashMap<>(adapters);
    this.lora = lora;
  }

  /**
   * Merges the adapters of {@code state} into {@code blocks}.
   *
   * @param blocks of the sorted model; only their adapters are taken along
   * @throws IllegalArgumentException if {@code state} lacks one of them
   */
  public static MergedBlock of(List<ResidualBlock> blocks, TrainerState state, LoraShape lora) {
    Map<String, float[]> adapters = new HashMap<>();
    for (ResidualBlock block : blocks) {
      for (LinearSpec map : block.mixer().maps()) {
        for (TensorShape shape : Place.of(map, lora.rank()).shapes()) {
          adapters.put(shape.name(), state.array(shape));
        }
      }
    }
    return new MergedBlock(adapters, lora);
  }

  @Override
  public ResidualBlock describe(ResidualBlock block) {
    return block;
  }

  @Override
  public Weights apply(ResidualBlock block, Weights weights) {
    for (LinearSpec map : block.mixer().maps()) {
      weights.replace(map.weight(), weight -> merged(map, weight));
    }
    return weights;
  }

  private Tensor merged(LinearSpec map, Tensor weight) {
    Place place = Place.of(map, lora.rank());
    Tensor down = tensor(place.downShape());
    Tensor up = tensor(place.upShape());
    return torch.addmm(weight, up, down, new Scalar(1.0), new Scalar(lora.scale()));
  }

  private Tensor tensor(TensorShape shape) {
    float[] values = adapters.get(shape.name());
    if (values == null) {
      throw new IllegalArgumentException("no adapter " + shape.name() + " was taken along");
    }
    return Tensor.create(values, shape.shape().get(0), shape.shape().get(1));
  }
}
