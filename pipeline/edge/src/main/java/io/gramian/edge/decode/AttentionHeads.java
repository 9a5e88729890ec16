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

  private final Kernels kernels;
  private final HeadLayout layout;
  private final KeyValueCache cache;
  private final Optional<RotaryGather> rotary;
  private final RotaryGather.Head turning = new RotaryGather.Head();
  private final int rotated;
  private final int passing;
  private final int valueSize;
  private final float scale;
  private final float[] newest;
  private final float[] scores;
  private final CacheColumns keys = new CacheColumns();
  private final CacheRows values = new CacheRows();
  private BoundMap query;
  private BoundMap key;
  private BoundMap value;
  private float[] attended;

  AttentionHeads(Binding binding, Attention narrow, AttentionState state, int worker) {
    this.kernels = binding.workspace().kernels();
    this.layout = narrow.layout();
    this.cache = state.cache();
    PairLayout pairs = binding.stored().pairs();
    this.rotary =
        narrow
            .rotary()
            .map(rope -> new RotaryGather(rope, layout.kvHeads(), pairs, state.angles(rope)));
    this.rotated = rotary.map(RotaryGather::channels).orElse(0);
    this.passing = narrow.queryKeySize() - rotated;
    this.valueSize = narrow.valueSize();
    this.scale = (float) (1 / Math.sqrt(layout.headSize()));
    this.newest = new float[rotated + passing];
    this.scores = state.scores()[worker];
  }

  /** Says what is attended with, what to, and what is mixed. */
  AttentionHeads reads(BoundMap queries, BoundMap keyMap, BoundMap valueMap) {
    query = queries;
    key = keyMap;
    value = valueMap;
    return this;
  }

  /** Says where the mixed values go: {@code [T, heads, valueSize]}. */
  AttentionHeads writes(float[] mixed) {
    attended = mixed;
    return this;
  }

  /** Takes a KV head's key of a token, and rotates it. */
  void rotateKey(int head, int token) {
    int at = token * key.outputs() + head * newest.length;
    System.arraycopy(key.output(), at, newest, 0, newest.length);
    rotate(newest, 0, head, token);
  }

  /** Stores the key that was rotated last, and its value. */
  void store(int head, int token, int position) {
    cache.setKey(head, position, newest, 0, rotated, passing);
    cache.clearValue(head, position, valueSize);
    System.arraycopy(
        value.output(),
        token * value.outputs() + head * valueSize,
        cache.values(),
        cache.valueAt(head, position),
        valueSize);
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
    weigh(positions);
    cache.values(shared, values).extent(positions, valueSize);
    kernels.mix(scores, values, attended, (token * layout.heads() + head) * valueSize);
  }

  /**
   * One query head of a single token, to the positions before it in the cache, and to itself: the
   * key that was rotated last, and the value where it was computed.
   */
  void attendNewest(int head, int position) {
    int shared = head / layout.queriesPerKvHead();
    int q = score(head, 0, position);
    scores[position] = kernels.dot(query.output(), q, newest, 0, newest.length);
    weigh(position + 1);
    int to = head * valueSize;
    cache.values(shared, values).extent(position, valueSize);
    kernels.mix(scores, values, attended, to);
    kernels.addScaled(
        attended, to, scores[position], value.output(), shared * valueSize, valueSize);
  }

  /** Rotates a query and multiplies it with cached keys; returns where it is. */
  private int score(int head, int token, int positions) {
    int shared = head / layout.queriesPerKvHead();
    int q = token * query.outputs() + head * newest.length;
    rotate(query.output(), q, shared, token);
    Arrays.fill(scores, 0, positions, 0);
    cache.keys(shared, keys).extent(positions, rotated);
    kernels.addScores(query.output(), q, keys, scores);
    if (passing > 0) {
      cache.passingKeys(shared, keys).extent(positions, passing);
      kernels.addScores(query.output(), q + rotated, keys, scores);
    }
    return q;
  }

  private void weigh(int positions) {
    for (int position = 0; position < positions; position++) {
      scores[position] *= scale;
    }
    kernels.softmax(scores, 0, positions);
  }
}
