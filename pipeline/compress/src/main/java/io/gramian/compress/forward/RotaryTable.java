package io.gramian.compress.forward;

import io.gramian.model.HeadLayout;
import io.gramian.model.Rope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Rotation of the first {@code r} channels of every head, half-split: channels {@code i} and {@code
 * i + r/2} turn by {@code position * frequency(pair(i))}.
 *
 * <p>Where a checkpoint's pairs were reordered, {@code pair(i)} is the original pair that now
 * stands at place {@code i} of that KV head, so the table has a row of angles a KV head; otherwise
 * one row serves all.
 *
 * @param cos {@code [KV heads or 1, T, r/2]}
 * @param sin likewise
 * @param rotarySize {@code r}
 */
record RotaryTable(Tensor cos, Tensor sin, int rotarySize) {

  /** The table for positions 0 to {@code positions - 1}. */
  static RotaryTable of(Rope rope, int positions) {
    return RotaryAngles.of(rope, positions).table();
  }

  /** Rotates keys {@code [B, KV heads, T, d]}. */
  Tensor rotateKeys(Tensor keys) {
    return rotate(keys, cos, sin);
  }

  /** Rotates queries {@code [B, H, T, d]} with the angles of the KV head each one shares. */
  Tensor rotateQueries(Tensor queries, HeadLayout layout) {
    return cos.size(0) == 1
        ? rotate(queries, cos, sin)
        : rotate(
            queries,
            torch.repeat_interleave(cos, layout.queriesPerKvHead(), optional(0), null),
            torch.repeat_interleave(sin, layout.queriesPerKvHead(), optional(0), null));
  }

  private static org.bytedeco.pytorch.LongOptional optional(long value) {
    return new org.bytedeco.pytorch.LongOptional(value);
  }

  private Tensor rotate(Tensor x, Tensor cosine, Tensor sine) {
    long half = rotarySize / 2;
    long[] sizes = {half, half, x.size(-1) - rotarySize};
    TensorVector parts = x.split_with_sizes(sizes, -1);
    Tensor first = parts.get(0);
    Tensor second = parts.get(1);
    return torch.cat(
        new TensorVector(
            first.mul(cosine).sub(second.mul(sine)),
            second.mul(cosine).add(first.mul(sine)),
            parts.get(2)),
        -1);
  }
}
