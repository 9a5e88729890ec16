package io.gramian.model.export;

/** Where a format has the two channels of a rotary pair in a head of {@code pairs} pairs. */
public enum PairPlace {
  /** {@code a, a', b, b', ..}. */
  ADJACENT {
    @Override
    int pair(int channel, int pairs) {
      return channel / 2;
    }

    @Override
    int half(int channel, int pairs) {
      return channel % 2;
    }
  },
  /** {@code a, b, .., a', b', ..}. */
  HALF_SPLIT {
    @Override
    int pair(int channel, int pairs) {
      return channel % pairs;
    }

    @Override
    int half(int channel, int pairs) {
      return channel / pairs;
    }
  };

  /** The pair that a channel belongs to. */
  abstract int pair(int channel, int pairs);

  /** 0 for the pair's first channel, 1 for its second. */
  abstract int half(int channel, int pairs);
}
