package io.gramian.edge.decode;

import io.gramian.model.Rope;
import java.util.List;

/**
 * The rotary embedding of one attention: the pair at place {@code p} of KV head {@code k} turns by
 * the angle of the original pair {@code order[k][p]}, whose cosine and sine are gathered while the
 * head is written. With the channels {@code a, b} of a pair, {@code a cos - b sin} and {@code b cos
 * + a sin}.
 */
final class RotaryGather {

  private final RotaryAngles angles;
  private final PairLayout layout;
  private final int pairs;
  private final int[][] orders;

  RotaryGather(Rope rope, int kvHeads, PairLayout layout, RotaryAngles angles) {
    this.angles = angles;
    this.layout = layout;
    this.pairs = rope.pairs();
    this.orders = new int[kvHeads][pairs];
    for (int head = 0; head < kvHeads; head++) {
      for (int place = 0; place < pairs; place++) {
        List<List<Integer>> stored = rope.pairOrders();
        orders[head][place] = stored.isEmpty() ? place : stored.get(head).get(place);
      }
    }
  }

  /** Channels that rotate: the first ones of a head. */
  int channels() {
    return 2 * pairs;
  }

  /**
   * Rotates all pairs of a head.
   *
   * @param token of the batch
   */
  void rotate(Head head, int token) {
    int[] order = orders[head.kvHead];
    float[] values = head.values;
    int step = layout.first(1);
    int distance = layout.distance(pairs);
    int at = angles.at(token);
    int a = head.at;
    for (int place = 0; place < pairs; place++) {
      float cos = angles.cos(at, order[place]);
      float sin = angles.sin(at, order[place]);
      float first = values[a];
      float second = values[a + distance];
      values[a] = first * cos - second * sin;
      values[a + distance] = second * cos + first * sin;
      a += step;
    }
  }

  /** One head of one token; reused, a worker's own. */
  static final class Head {

    private float[] values;
    private int at;
    private int kvHead;

    /**
     * Points to a head.
     *
     * @param array that holds it
     * @param start its first channel
     * @param shared its KV head
     */
    Head set(float[] array, int start, int shared) {
      values = array;
      at = start;
      kvHead = shared;
      return this;
    }
  }
}
