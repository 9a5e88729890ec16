package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheColumns;
import io.gramian.edge.kernel.CacheRows;
import io.gramian.edge.kernel.Kernels;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import java.util.Arrays;
import java.util.Optional;

/** The heads of an {@link AttentionStep} in the hands of one worker. */
final class AttentionHeads {

  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private final Kernels kernels;
  private final HeadLayout layout;
  private final KeyValueCache cache;
  private final JoinedMaps maps;
  private final float[] projected;
  private final Optional<RotaryGather> rotary;
  private final float[] attended;
  private final RotaryGather.Head turning = new RotaryGather.Head();
  private final int rotated;
  private final int passing;
  private final int valueSize;
  private final float scale;
  private final float[] newest;
  private final float[] mixed;
  private final float[] scores;
  private final CacheColumns keys = new CacheColumns();
  private final CacheRows values = new CacheRows();

  AttentionHeads(Kernels kernels, Attention narrow, Shared shared, Own own) {
    this.kernels = kernels;
    this.layout = narrow.layout();
    this.cache = own.cache();
    this.maps = shared.maps();
    this.projected = maps.output();
    this.rotary = shared.rotary();
    this.attended = shared.attended();
    this.rotated = rotary.map(RotaryGather::channels).orElse(0);
    this.passing = narrow.queryKeySize() - rotated;
    this.valueSize = narrow.valueSize();
    this.scale = (float) (1 / Math.sqrt(layout.headSize()));
    this.newest = new float[rotated + passing];
    this.mixed = new float[CacheRows.whole(valueSize)];
    this.scores = own.scores();
  }

  /**
   * What all workers compute.
   *
   * @param maps queries, keys and values
   * @param rotary how queries and keys turn, if they do
   * @param attended what values are mixed to, {@code [T, heads, valueSize]}
   */
  record Shared(JoinedMaps maps, Optional<RotaryGather> rotary, float[] attended) {}

  /**
   * What this worker computes with.
   *
   * @param cache of all heads
   * @param scores the worker's own, one a position
   */
  record Own(KeyValueCache cache, float[] scores) {}

  /** Takes a KV head's key of a token, and rotates it. */
  void rotateKey(int head, int token) {
    int at = maps.at(token, KEY) + head * newest.length;
    System.arraycopy(projected, at, newest, 0, newest.length);
    rotate(newest, 0, head, token);
  }

  /** Stores the key that was rotated last, and its value. */
  void store(int head, int token, int position) {
    cache.setKey(head, position, newest, 0, rotated, passing);
    cache.setValue(head, position, projected, maps.at(token, VALUE) + head * valueSize, valueSize);
  }

  private void rotate(float[] vector, int at, int kvHead, int token) {
    if (rotary.isPresent()) {
      rotary.get().rotate(turning.set(vector, at, kvHead), token);
    }
  }

  /** One query head of a token, to the first positions of the cache. */
  void attend(int head, int token, int positions) {
    int shared = head / layout.queriesPerKvHead();
    score(head, token, positions);
    kernels.softmax(scores, 0, positions);
    cache.values(shared, values).extent(positions, valueSize);
    kernels.mix(scores, values, mixed, 0);
    int to = (token * layout.heads() + head) * valueSize;
    System.arraycopy(mixed, 0, attended, to, valueSize);
  }

  /**
   * One query head of a single token, to the positions before it in the cache, and to itself: the
   * key that was rotated last, and the value where it was computed.
   */
  void attendNewest(int head, int position) {
    int shared = head / layout.queriesPerKvHead();
    int q = score(head, 0, position);
    scores[position] = kernels.dot(projected, q, newest, 0, newest.length);
    kernels.softmax(scores, 0, position + 1);
    cache.values(shared, values).extent(position, valueSize);
    kernels.mix(scores, values, mixed, 0);
    int value = maps.at(0, VALUE) + shared * valueSize;
    kernels.addScaled(mixed, 0, scores[position], projected, value, valueSize);
    System.arraycopy(mixed, 0, attended, head * valueSize, valueSize);
  }

  /** Rotates and scales a query, and multiplies it with cached keys; returns where it is. */
  private int score(int head, int token, int positions) {
    int shared = head / layout.queriesPerKvHead();
    int q = maps.at(token, QUERY) + head * newest.length;
    rotate(projected, q, shared, token);
    for (int i = q; i < q + newest.length; i++) {
      projected[i] *= scale;
    }
    Arrays.fill(scores, 0, positions, 0);
    cache.keys(shared, keys).extent(positions, rotated);
    kernels.addScores(projected, q, keys, scores);
    if (passing > 0) {
      cache.passingKeys(shared, keys).extent(positions, passing);
      kernels.addScores(projected, q + rotated, keys, scores);
    }
    return q;
  }
}
