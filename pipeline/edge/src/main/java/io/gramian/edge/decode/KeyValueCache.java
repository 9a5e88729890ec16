package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheColumns;
import io.gramian.edge.kernel.CacheRows;
import io.gramian.edge.kernel.SixteenBits;
import io.gramian.model.Attention;

/**
 * Keys (rotated) and values of one attention for every position, as wide as the widest that the
 * session may run at, in 16 bits a number with a scale for every position of a head: what is off by
 * {@code 2^-16} of its largest number takes half the memory, and half the way to it. Values {@code
 * [KV head][position][d]}; keys in blocks of positions, {@code [KV head][block][d][position]}, so
 * that scores need no sums across a vector.
 *
 * <p>A narrower width reads the first channels of each. A token that is computed at a narrower
 * width leaves its dropped key channels zero and its dropped value channels at their bias, which is
 * what the narrower model takes them for: should the session widen again, that token goes on
 * contributing what it did. Nothing has to be rebuilt.
 *
 * <p>Two positions' keys share integers: those of one head are for one thread at a time to set.
 */
final class KeyValueCache {

  private static final int BLOCK = CacheColumns.POSITIONS;
  private static final int LANES = SixteenBits.LANES;

  private final int capacity;
  private final int blocks;
  private final int keySize;
  private final int rotated;
  private final int valueSize;
  private final int valueRow;
  private final int[] keys;
  private final int[] values;
  private final float[] keyScales;
  private final float[] valueScales;
  private final float[] valueBias;

  /**
   * A cache.
   *
   * @param widest the attention at the widest that the session may run at
   * @param valueBias of all its values, {@code [KV heads * d]}; empty for none
   * @param positions that it has room for
   */
  KeyValueCache(Attention widest, float[] valueBias, int positions) {
    this.capacity = CacheColumns.whole(positions);
    this.blocks = capacity / BLOCK;
    this.keySize = widest.queryKeySize();
    this.rotated = widest.rotary().map(rope -> rope.rotarySize()).orElse(0);
    this.valueSize = widest.valueSize();
    this.valueRow = SixteenBits.integers(valueSize);
    this.valueBias = valueBias;
    int heads = widest.layout().kvHeads();
    this.keys = new int[Math.multiplyExact(heads * blocks * LANES, keySize)];
    this.values = new int[Math.multiplyExact(heads * capacity, valueRow)];
    this.keyScales = new float[heads * capacity];
    this.valueScales = new float[heads * capacity];
  }

  /** Points to the rotated channels of a head's keys. */
  CacheColumns keys(int head, CacheColumns view) {
    return columns(head, 0, view);
  }

  /** Points to the channels that do not rotate. */
  CacheColumns passingKeys(int head, CacheColumns view) {
    return columns(head, rotated, view);
  }

  private CacheColumns columns(int head, int channel, CacheColumns view) {
    return view.set(keys, keyAt(head, 0, channel), keySize * LANES)
        .scaled(keyScales, head * capacity);
  }

  /** Points to a head's values. */
  CacheRows values(int head, CacheRows view) {
    return view.set(values, valueAt(head, 0), valueRow).scaled(valueScales, head * capacity);
  }

  /** Where a channel's integers are that hold a position. */
  private int keyAt(int head, int position, int channel) {
    return ((head * blocks + position / BLOCK) * keySize + channel) * LANES;
  }

  private int valueAt(int head, int position) {
    return (head * capacity + position) * valueRow;
  }

  /** A channel of a position's key: rotated ones first, then those that do not. */
  float key(int head, int position, int channel) {
    float scale = keyScales[head * capacity + position];
    return SixteenBits.get(keys, keyAt(head, position, channel), position % BLOCK, scale);
  }

  /** A channel of a position's value. */
  float value(int head, int position, int channel) {
    int at = valueAt(head, position) + channel / SixteenBits.PER_LINE * LANES;
    float scale = valueScales[head * capacity + position];
    return SixteenBits.get(values, at, channel % SixteenBits.PER_LINE, scale);
  }

  /**
   * Sets a position's key; channels that a narrower width drops become zero.
   *
   * @param key its rotated channels, then the others
   */
  void setKey(int head, int position, float[] key, int at, int keptRotated, int keptPassing) {
    float largest = largest(key, at, keptRotated + keptPassing);
    keyScales[head * capacity + position] = SixteenBits.scale(largest);
    float inverse = SixteenBits.inverse(largest);
    int place = position % BLOCK;
    int to = keyAt(head, position, 0);
    for (int channel = 0; channel < rotated; channel++) {
      float k = channel < keptRotated ? key[at + channel] * inverse : 0;
      SixteenBits.put(keys, to + channel * LANES, place, k);
    }
    to += rotated * LANES;
    for (int channel = 0; channel < keySize - rotated; channel++) {
      float k = channel < keptPassing ? key[at + keptRotated + channel] * inverse : 0;
      SixteenBits.put(keys, to + channel * LANES, place, k);
    }
  }

  /** Sets a position's value; channels that a narrower width drops are at their bias. */
  void setValue(int head, int position, float[] value, int at, int kept) {
    int bias = head * valueSize;
    float largest = largest(value, at, kept);
    if (valueBias.length > 0) {
      largest = Math.max(largest, largest(valueBias, bias + kept, valueSize - kept));
    }
    valueScales[head * capacity + position] = SixteenBits.scale(largest);
    float inverse = SixteenBits.inverse(largest);
    int to = valueAt(head, position);
    for (int channel = 0; channel < valueSize; channel++) {
      float v = 0;
      if (channel < kept) {
        v = value[at + channel];
      } else if (valueBias.length > 0) {
        v = valueBias[bias + channel];
      }
      int line = channel / SixteenBits.PER_LINE * LANES;
      SixteenBits.put(values, to + line, channel % SixteenBits.PER_LINE, v * inverse);
    }
  }

  private static float largest(float[] x, int at, int n) {
    float largest = 0;
    for (int i = at; i < at + n; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return largest;
  }

  /** Bytes of keys and values. */
  long bytes() {
    long numbers = (long) keys.length + values.length + keyScales.length + valueScales.length;
    return numbers * Integer.BYTES;
  }
}
