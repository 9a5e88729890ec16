package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheColumns;
import io.gramian.edge.kernel.CacheRows;
import io.gramian.model.Attention;

/**
 * Keys (rotated) and values of one attention for every position, as wide as the widest that the
 * session may run at. Values {@code [KV head][position][d]}; keys in blocks of positions, {@code
 * [KV head][block][d][position]}, so that scores need no sums across a vector.
 *
 * <p>A narrower width reads the first channels of each. A token that is computed at a narrower
 * width leaves its dropped key channels zero and its dropped value channels at their bias, which is
 * what the narrower model takes them for: should the session widen again, that token goes on
 * contributing what it did. Nothing has to be rebuilt.
 */
final class KeyValueCache {

  private static final int BLOCK = CacheColumns.POSITIONS;

  private final int capacity;
  private final int blocks;
  private final int keySize;
  private final int rotated;
  private final int valueSize;
  private final float[] keys;
  private final float[] values;
  private final float[] valueBias;

  /**
   * A cache.
   *
   * @param widest the attention at the widest that the session may run at
   * @param valueBias of all its values, {@code [KV heads * d]}; empty for none
   * @param capacity positions
   */
  KeyValueCache(Attention widest, float[] valueBias, int capacity) {
    this.capacity = capacity;
    this.blocks = CacheColumns.whole(capacity) / BLOCK;
    this.keySize = widest.queryKeySize();
    this.rotated = widest.rotary().map(rope -> rope.rotarySize()).orElse(0);
    this.valueSize = widest.valueSize();
    this.valueBias = valueBias;
    int heads = widest.layout().kvHeads();
    this.keys = new float[Math.multiplyExact(heads * blocks * BLOCK, keySize)];
    this.values = new float[Math.multiplyExact(heads * capacity, valueSize)];
  }

  float[] values() {
    return values;
  }

  /** Points to the rotated channels of a head's keys. */
  CacheColumns keys(int head, CacheColumns view) {
    return view.set(keys, keyAt(head, 0, 0), keySize * BLOCK);
  }

  /** Points to the channels that do not rotate. */
  CacheColumns passingKeys(int head, CacheColumns view) {
    return view.set(keys, keyAt(head, 0, rotated), keySize * BLOCK);
  }

  /** Points to a head's values. */
  CacheRows values(int head, CacheRows view) {
    return view.set(values, valueAt(head, 0), valueSize);
  }

  private int keyAt(int head, int position, int channel) {
    int block = head * blocks + position / BLOCK;
    return (block * keySize + channel) * BLOCK + position % BLOCK;
  }

  /** A channel of a position's key: rotated ones first, then those that do not. */
  float key(int head, int position, int channel) {
    return keys[keyAt(head, position, channel)];
  }

  /**
   * Sets a position's key; channels that a narrower width drops become zero.
   *
   * @param key its rotated channels, then the others
   */
  void setKey(int head, int position, float[] key, int at, int keptRotated, int keptPassing) {
    for (int channel = 0; channel < rotated; channel++) {
      keys[keyAt(head, position, channel)] = channel < keptRotated ? key[at + channel] : 0;
    }
    for (int channel = 0; channel < keySize - rotated; channel++) {
      keys[keyAt(head, position, rotated + channel)] =
          channel < keptPassing ? key[at + keptRotated + channel] : 0;
    }
  }

  /** Where a position's value begins. */
  int valueAt(int head, int position) {
    return (head * capacity + position) * valueSize;
  }

  /** Sets what a narrower width does not compute of a position's value. */
  void clearValue(int head, int position, int kept) {
    int at = valueAt(head, position);
    for (int i = kept; i < valueSize; i++) {
      values[at + i] = valueBias.length == 0 ? 0 : valueBias[head * valueSize + i];
    }
  }

  /** Bytes of keys and values. */
  long bytes() {
    return ((long) keys.length + values.length) * Float.BYTES;
  }
}
