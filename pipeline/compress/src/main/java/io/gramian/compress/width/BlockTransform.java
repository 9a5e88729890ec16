package io.gramian.compress.width;

import io.gramian.compress.tensor.Weights;
import io.gramian.model.ResidualBlock;
import java.io.Serializable;

/** A change to a block, to its description and to its weights alike. */
public interface BlockTransform extends Serializable {

  /** Changes nothing. */
  BlockTransform IDENTITY =
      new BlockTransform() {
        private static final long serialVersionUID = 1L;

        @Override
        public ResidualBlock describe(ResidualBlock block) {
          return block;
        }

        @Override
        public Weights apply(ResidualBlock block, Weights weights) {
          return weights;
        }
      };

  /** The changed block. */
  ResidualBlock describe(ResidualBlock block);

  /**
   * The changed block's weights.
   *
   * @param block as it was
   * @param weights its weights; taken over
   * @return owned by the caller
   */
  Weights apply(ResidualBlock block, Weights weights);
}
