package io.gramian.model;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;

/**
 * One step of the residual stream: {@code x = x + mixer(norm(x))}.
 *
 * @param blockIndex position in the decoder's flat list
 * @param layerIndex Hugging Face's layer number; attention and MLP of one layer share it
 * @param norm applied to the mixer's input
 * @param mixer attention, MLP or state space
 */
public record ResidualBlock(int blockIndex, int layerIndex, NormSpec norm, Mixer mixer)
    implements Serializable {

  /** Every tensor that the block reads: the norm, then the mixer's. */
  public List<TensorShape> tensors() {
    return Stream.concat(Stream.of(norm.tensor()), mixer.tensors().stream()).toList();
  }

  /** Elements of all its tensors. */
  public long parameterCount() {
    return tensors().stream().mapToLong(TensorShape::elements).sum();
  }
}
