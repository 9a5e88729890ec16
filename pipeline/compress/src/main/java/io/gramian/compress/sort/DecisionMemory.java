package io.gramian.compress.sort;

import io.gramian.model.Attention;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;

/**
 * Native bytes that ranking the units of a block takes, told from its shapes: for {@code n}
 * channels whose Gram matrix is looked at, {@code 8 n^2} of it and {@code 4096 n} for a strip
 * ({@link MlpOrder}); and the output map {@code [h, n]}, F32, as it is and transposed.
 */
public final class DecisionMemory {

  private static final long STRIP = 512;

  private DecisionMemory() {}

  /** Bytes for a block. */
  public static long outsideBytes(ResidualBlock block) {
    return block.mixer().accept(new OfMixer());
  }

  private static final class OfMixer implements MixerVisitor<Long> {

    @Override
    public Long attention(Attention attention) {
      return output(attention.output().out(), attention.output().in());
    }

    @Override
    public Long mlp(Mlp mlp) {
      return gram(mlp.intermediateSize()) + output(mlp.down().out(), mlp.intermediateSize());
    }

    @Override
    public Long mamba2(Mamba2 mamba2) {
      long inner = mamba2.layout().innerSize();
      return gram(inner) + output(mamba2.output().out(), inner);
    }

    private static long gram(long channels) {
      return Double.BYTES * channels * (channels + STRIP);
    }

    private static long output(long rows, long columns) {
      return 2 * Float.BYTES * rows * columns;
    }
  }
}
