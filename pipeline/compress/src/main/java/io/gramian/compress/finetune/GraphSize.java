package io.gramian.compress.finetune;

import io.gramian.model.Attention;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mamba2;
import io.gramian.model.Mixer;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;

/**
 * About how many bytes a mixer's graph holds until its backward pass, for one position: what its
 * linear maps read and write, most of it F32 and some of it twice, and what is quadratic in the
 * length of a sequence or chunk. An estimate, from counting what libtorch saves.
 *
 * @param positions of a sequence
 */
record GraphSize(int positions) implements MixerVisitor<Long> {

  private static final long BYTES_A_CHANNEL = 6;
  private static final long BYTES_AN_ATTENTION_WEIGHT = 4;
  private static final long BYTES_A_DECAY = 24;
  private static final long CHUNK = 64;

  @Override
  public Long attention(Attention attention) {
    long weights = (long) attention.layout().heads() * positions;
    return maps(attention) + BYTES_AN_ATTENTION_WEIGHT * weights;
  }

  @Override
  public Long mlp(Mlp mlp) {
    return maps(mlp);
  }

  @Override
  public Long mamba2(Mamba2 mamba2) {
    return 2 * maps(mamba2) + BYTES_A_DECAY * mamba2.layout().heads() * CHUNK;
  }

  private static long maps(Mixer mixer) {
    return mixer.maps().stream().mapToLong(GraphSize::channels).sum() * BYTES_A_CHANNEL;
  }

  private static long channels(LinearSpec map) {
    return (long) map.in() + map.out();
  }
}
