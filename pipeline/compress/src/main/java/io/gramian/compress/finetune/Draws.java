package io.gramian.compress.finetune;

/**
 * Uniform random numbers as a pure function of a key and an index, so that whoever needs one draws
 * the same, in any order and on any machine. The function is that of SplitMix64 (Steele, Lea and
 * Flood, OOPSLA 2014).
 *
 * @param key what the numbers are for
 */
record Draws(long key) {

  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  /** Numbers of a seed. */
  static Draws of(long seed) {
    return new Draws(mix(seed));
  }

  /** Other numbers for every {@code number}. */
  Draws with(long number) {
    return new Draws(mix(key + GOLDEN * (number + 1)));
  }

  /** Other numbers for every {@code name}. */
  Draws with(String name) {
    return name.chars()
        .asLongStream()
        .boxed()
        .reduce(with(name.length()), Draws::with, (a, b) -> b);
  }

  /** A number in [0, 1), one of 2^53. */
  double uniform(long index) {
    return (mix(key + GOLDEN * (index + 1)) >>> 11) * 0x1p-53;
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
