package io.gramian.spark.packed;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.compress.quantize.DequantisedBlock;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Weights;
import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import io.gramian.model.packed.PackedDecoder;
import io.gramian.model.packed.PackedMap;
import io.gramian.model.packed.PackedVector;
import io.gramian.spark.wave.DecoderWeights;
import io.gramian.spark.wave.WeightSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Packed tensors as weights that a forward pass runs: dequantised, F32.
 *
 * @param decoder what {@code tensors} are of
 */
public record PackedWeights(PackedDecoder decoder, PackedTensors tensors)
    implements DecoderWeights {

  @Override
  public DecoderSpec spec() {
    return decoder.spec();
  }

  @Override
  public WeightSource embedding() {
    return new Table(tensors, decoder.embedding());
  }

  @Override
  public WeightSource blocks(List<ResidualBlock> blocks) {
    return new Blocks(tensors, blocks.stream().map(ResidualBlock::blockIndex).toList());
  }

  @Override
  public WeightSource head() {
    return new NormAndHead(tensors, decoder.finalNorm(), new Table(tensors, decoder.head()));
  }

  private record Table(PackedTensors tensors, PackedMap map) implements WeightSource {

    private static final long serialVersionUID = 1L;

    @Override
    public Weights read(Checkpoint checkpoint) throws IOException {
      return DequantisedBlock.of(map, tensors.table(checkpoint, map));
    }
  }

  private record Blocks(PackedTensors tensors, List<Integer> indices) implements WeightSource {

    private static final long serialVersionUID = 1L;

    @Override
    public Weights read(Checkpoint checkpoint) throws IOException {
      List<Weights> parts = new ArrayList<>();
      try {
        for (int index : indices) {
          parts.add(DequantisedBlock.of(tensors.block(checkpoint, index)));
        }
        return Weights.joined(parts);
      } catch (IOException | RuntimeException | Error e) {
        parts.forEach(Weights::close);
        throw e;
      }
    }
  }

  private record NormAndHead(PackedTensors tensors, PackedVector norm, Table head)
      implements WeightSource {

    private static final long serialVersionUID = 1L;

    @Override
    public Weights read(Checkpoint checkpoint) throws IOException {
      float[] weight = tensors.finalNorm(checkpoint, norm);
      Weights table = head.read(checkpoint);
      Weights finalNorm =
          Scopes.compute(
              () -> Weights.of(Map.of(norm.tensor().name(), Tensor.create(weight, weight.length))));
      return Weights.joined(List.of(finalNorm, table));
    }
  }
}
