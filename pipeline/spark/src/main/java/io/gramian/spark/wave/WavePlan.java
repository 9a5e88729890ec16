package io.gramian.spark.wave;

import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.List;

/** Cuts a decoder's blocks into waves whose weights fit in a given number of bytes. */
final class WavePlan {

  private WavePlan() {}

  /**
   * Waves of as many consecutive layers as fit, in F32; a layer that does not fit alone is a wave
   * of its own. The cut changes no result, only how often hidden states are handed on.
   */
  static List<BlockWave> of(DecoderSpec spec, long weightBytes) {
    return of(spec.blocks(), weightBytes);
  }

  /**
   * The same of the blocks that are left.
   *
   * @param blocks whole layers, at least one
   */
  static List<BlockWave> of(List<ResidualBlock> blocks, long weightBytes) {
    List<BlockWave> waves = new ArrayList<>();
    List<ResidualBlock> current = new ArrayList<>();
    long held = 0;
    for (List<ResidualBlock> layer : layers(blocks)) {
      long bytes = layer.stream().mapToLong(WavePlan::floatBytes).sum();
      if (!current.isEmpty() && held + bytes > weightBytes) {
        waves.add(new BlockWave(waves.size(), current));
        current = new ArrayList<>();
        held = 0;
      }
      current.addAll(layer);
      held += bytes;
    }
    waves.add(new BlockWave(waves.size(), current));
    return waves;
  }

  private static List<List<ResidualBlock>> layers(List<ResidualBlock> blocks) {
    List<List<ResidualBlock>> layers = new ArrayList<>();
    int layerIndex = -1;
    for (ResidualBlock block : blocks) {
      if (block.layerIndex() != layerIndex) {
        layers.add(new ArrayList<>());
        layerIndex = block.layerIndex();
      }
      layers.get(layers.size() - 1).add(block);
    }
    return layers;
  }

  private static long floatBytes(ResidualBlock block) {
    return block.tensors().stream().mapToLong(shape -> Float.BYTES * shape.elements()).sum();
  }
}
