package io.gramian.spark.wave;

import io.gramian.model.DecoderSpec;
import io.gramian.model.ResidualBlock;
import java.util.List;

/** How executors come by the weights of a stored decoder, block by block. */
public interface DecoderWeights {

  /** The decoder that they belong to. */
  DecoderSpec spec();

  /** The embedding. */
  WeightSource embedding();

  /**
   * Some blocks.
   *
   * @param blocks of {@link #spec}
   */
  WeightSource blocks(List<ResidualBlock> blocks);

  /** Final norm and head. */
  WeightSource head();
}
