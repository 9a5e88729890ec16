package io.gramian.compress.forward;

import io.gramian.model.Rope;
import org.bytedeco.pytorch.Tensor;

/**
 * The rotary embedding of one attention. Remembers the angles of the last number of positions: the
 * batches of a run are mostly of one length. May be used by several threads.
 */
final class Rotation {

  private final Rope rope;
  private volatile RotaryAngles last;

  Rotation(Rope rope) {
    this.rope = rope;
    this.last = RotaryAngles.of(rope, 0);
  }

  /** The table for heads {@code [B, heads, T, d]}. */
  RotaryTable tableFor(Tensor heads) {
    int positions = Math.toIntExact(heads.size(2));
    RotaryAngles angles = last;
    if (angles.positions() != positions) {
      angles = RotaryAngles.of(rope, positions);
      last = angles;
    }
    return angles.table();
  }
}
