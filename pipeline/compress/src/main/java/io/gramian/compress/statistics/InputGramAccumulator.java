package io.gramian.compress.statistics;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.ProjectionInput;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The Gram matrix of what linear maps read; its failures name the maps. */
final class InputGramAccumulator implements Accumulator {

  private final ProjectionInput input;
  private final GramAccumulator gram;

  InputGramAccumulator(ProjectionInput input) {
    this.input = input;
    this.gram =
        new GramAccumulator(new StatisticKey(input.blockIndex(), input.site()), input.size());
  }

  /**
   * {@code x [tokens, n]}.
   *
   * @throws UserException naming the maps, if a term is not finite
   */
  @Override
  public void add(Tensor x) {
    try {
      gram.add(x);
    } catch (ArithmeticException e) {
      throw new UserException(
          input.label()
              + ": the activations overflow ("
              + e.getMessage()
              + "): the checkpoint is damaged or its training diverged",
          e);
    }
  }

  @Override
  public Map<TileKey, Tile> tiles() {
    return gram.tiles();
  }
}
