package io.gramian.edge.tokenizer;

import java.util.Arrays;

/** A binary min-heap of longs, without a box for each. Cost: O(log n) a call. */
final class LongHeap {

  private static final int SMALLEST = 16;

  private long[] values;
  private int size;

  LongHeap(int capacity) {
    values = new long[Math.max(capacity, SMALLEST)];
  }

  boolean isEmpty() {
    return size == 0;
  }

  void push(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    int hole = size++;
    while (hole > 0 && values[(hole - 1) / 2] > value) {
      values[hole] = values[(hole - 1) / 2];
      hole = (hole - 1) / 2;
    }
    values[hole] = value;
  }

  long pop() {
    final long least = values[0];
    long last = values[--size];
    int hole = 0;
    for (int child = lesserChild(hole); child < size; child = lesserChild(hole)) {
      if (values[child] >= last) {
        break;
      }
      values[hole] = values[child];
      hole = child;
    }
    values[hole] = last;
    return least;
  }

  private int lesserChild(int parent) {
    int left = 2 * parent + 1;
    return left + 1 < size && values[left + 1] < values[left] ? left + 1 : left;
  }
}
