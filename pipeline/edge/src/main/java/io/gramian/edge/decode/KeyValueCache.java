package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheRows;
import io.gramian.model.Attention;
import java.util.Arrays;

/**
 * Keys (rotated) and values of one attention for every position: {@code [KV head][position][d]}, as
 * wide as the widest that the session may run at.
 *
 * <p>A narrower width reads the first channels of each. A token that is computed at a narrower
 * width leaves its dropped key channels zero and its dropped value channels at their bias, which is
 * what the narrower model takes them for: should the session widen again, that token goes on
 * contributing what it did. Nothing has to be rebuilt.
 */
final class KeyValueCache {

  private final int capacity;
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
    this.keySize = widest.queryKeySize();
    this.rotated = widest.rotary().map(rope -> rope.rotarySize()).orElse(0);
    this.valueSize = widest.valueSize();
    this.valueBias = valueBias;
    int heads = widest.layout().kvHeads();
    this.keys = new float[Math.multiplyExact(heads * capacity, keySize)];
    this.values = new float[Math.multiplyExact(heads * capacity, valueSize)];
  }

  float[] keys() {
    return keys;
  }

  float[] values() {
    return values;
  }

  /** Points to the rotated channels of a head's keys. */
  CacheRows keys(int head, CacheRows view) {
    return view.set(keys, keyAt(head, 0), keySize);
  }

  /** Points to the channels that do not rotate. */
  CacheRows passingKeys(int head, CacheRows view) {
    return view.set(keys, passingKeyAt(head, 0), keySize);
  }

  /** Points to a head's values. */
  CacheRows values(int head, CacheRows view) {
    return view.set(values, valueAt(head, 0), valueSize);
  }

  /** Where a position's key begins. */
  int keyAt(int head, int position) {
    return (head * capacity + position) * keySize;
  }

  /** Where its channels that do not rotate begin. */
  int passingKeyAt(int head, int position) {
    return keyAt(head, position) + rotated;
  }

  /** Where a position's value begins. */
  int valueAt(int head, int position) {
    return (head * capacity + position) * valueSize;
  }

  /** Sets what a narrower width does not compute of a position: key channels. */
  void clearKey(int head, int position, int keptRotated, int keptPassing) {
    int at = keyAt(head, position);
    Arrays.fill(keys, at + keptRotated, at + rotated, 0);
    Arrays.fill(keys, at + rotated + keptPassing, at + keySize, 0);
  }

  /** Likewise, value channels. */
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
