package io.gramian.compress.forward;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A map of low rank beside a linear map: {@code scale * ((m o x) A' + c) B'}, computed in the type
 * of {@code x}, whatever that of {@code A} and {@code B}.
 *
 * <p>{@code m} is drawn once for a whole sequence, so it is put on {@code A} and not on {@code x}:
 * {@code x_b (A diag(m_b))'}, which forms nothing of size {@code [T, in]}. Costs {@code 2 r (in +
 * out)} operations a token.
 *
 * @param down {@code A [r, in]}
 * @param up {@code B [out, r]}
 * @param scale of what is added
 * @param mask {@code m [B, in]}: for every sequence and channel 0, or one over the fraction kept;
 *     missing where nothing is dropped
 * @param offset {@code c [r]}: what inputs that are constant and were cut off contribute
 */
public record Adapter(
    Tensor down, Tensor up, double scale, Optional<Tensor> mask, Optional<Tensor> offset) {

  /** {@code y + scale * ((m o x) A' + c) B'}, {@code x [B, T, in]}, {@code y [B, T, out]}. */
  Tensor addTo(Tensor y, Tensor x) {
    Tensor inner = mask.map(m -> masked(x, m)).orElseGet(() -> torch.linear(x, like(x, down)));
    Tensor shifted = offset.map(c -> inner.add(like(x, c))).orElse(inner);
    return torch
        .addmm(
            y.flatten(0, -2),
            shifted.flatten(0, -2),
            like(x, up).t(),
            new Scalar(1.0),
            new Scalar(scale))
        .view_as(y);
  }

  private Tensor masked(Tensor x, Tensor m) {
    Tensor perSequence = down.unsqueeze(0).mul(m.unsqueeze(1));
    return x.bmm(like(x, perSequence).transpose(1, 2));
  }

  private static Tensor like(Tensor x, Tensor tensor) {
    return tensor.to(x.scalar_type());
  }
}
