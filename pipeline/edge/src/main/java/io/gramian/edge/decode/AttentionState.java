package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheColumns;
import io.gramian.model.Attention;
import io.gramian.model.Rope;
import java.util.ArrayList;
import java.util.List;

/**
 * What the attention of a session keeps from token to token, and what its blocks share.
 *
 * @param cache the block's own
 * @param shared of all blocks
 */
record AttentionState(KeyValueCache cache, Shared shared) {

  RotaryAngles angles(Rope rope) {
    return shared.angles(rope);
  }

  float[][] scores() {
    return shared.scores;
  }

  /** Scratch for scores, one vector a worker, and angles. */
  static final class Shared {

    private final float[][] scores;
    private final int batch;
    private final List<RotaryAngles> angles = new ArrayList<>();

    /**
     * For some sessions' blocks.
     *
     * @param workers members of the team
     * @param capacity positions
     * @param batch most tokens of a pass
     */
    Shared(int workers, int capacity, int batch) {
      this.scores = new float[workers][CacheColumns.whole(capacity)];
      this.batch = batch;
    }

    private RotaryAngles angles(Rope rope) {
      for (RotaryAngles known : angles) {
        if (known.fits(rope)) {
          return known;
        }
      }
      RotaryAngles fresh = new RotaryAngles(rope, batch);
      angles.add(fresh);
      return fresh;
    }

    /** Turns all angles to a batch. */
    void set(Batch next) {
      for (int i = 0; i < angles.size(); i++) {
        angles.get(i).set(next);
      }
    }
  }

  /** A cache for a block. */
  static AttentionState of(Attention widest, float[] valueBias, int capacity, Shared shared) {
    return new AttentionState(new KeyValueCache(widest, valueBias, capacity), shared);
  }
}
