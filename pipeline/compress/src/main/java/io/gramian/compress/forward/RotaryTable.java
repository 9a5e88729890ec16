package io.gramian.compress.forward;

import io.gramian.compress.tensor.Tensors;
import io.gramian.model.HeadLayout;
import io.gramian.model.Rope;
import java.util.List;
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

  /** Angles for positions 0 to {@code positions - 1}; F64 until the cosine is taken. */
  static RotaryTable of(Rope rope, int positions) {
    int pairs = rope.rotarySize() / 2;
    int rows = Math.max(1, rope.pairOrders().size());
    float[] cos = new float[rows * positions * pairs];
    float[] sin = new float[cos.length];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int position = 0; position < positions; position++) {
        for (int i = 0; i < pairs; i++, at++) {
          double angle = position * rope.inverseFrequencies().get(pairAt(rope, row, i));
          cos[at] = (float) (Math.cos(angle) * rope.attentionFactor());
          sin[at] = (float) (Math.sin(angle) * rope.attentionFactor());
        }
      }
    }
    return new RotaryTable(
        Tensor.create(cos, rows, positions, pairs),
        Tensor.create(sin, rows, positions, pairs),
        rope.rotarySize());
  }

  private static int pairAt(Rope rope, int kvHead, int place) {
    List<List<Integer>> orders = rope.pairOrders();
    return orders.isEmpty() ? place : orders.get(kvHead).get(place);
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
    int half = rotarySize / 2;
    Tensor first = Tensors.range(x, -1, 0, half);
    Tensor second = Tensors.range(x, -1, half, rotarySize);
    Tensor passThrough = Tensors.range(x, -1, rotarySize, x.size(-1));
    return torch.cat(
        new TensorVector(
            first.mul(cosine).sub(second.mul(sine)),
            second.mul(cosine).add(first.mul(sine)),
            passThrough),
        -1);
  }
}
