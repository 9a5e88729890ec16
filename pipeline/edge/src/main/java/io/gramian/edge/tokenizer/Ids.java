package io.gramian.edge.tokenizer;

import java.util.Arrays;

/** A growing list of token ids, without a box for each. */
final class Ids {

  private static final int SMALLEST = 16;

  private int[] values;
  private int size;

  Ids(int capacity) {
    values = new int[Math.max(capacity, SMALLEST)];
  }

  void add(int id) {
    reserve(1);
    values[size++] = id;
  }

  void addAll(int[] ids) {
    addAll(ids, ids.length);
  }

  void addAll(Ids ids) {
    addAll(ids.values, ids.size);
  }

  int size() {
    return size;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }

  private void addAll(int[] ids, int count) {
    reserve(count);
    System.arraycopy(ids, 0, values, size, count);
    size += count;
  }

  private void reserve(int more) {
    if (size + more > values.length) {
      values = Arrays.copyOf(values, Math.max(size + more, 2 * values.length));
    }
  }
}
