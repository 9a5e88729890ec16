package io.gramian.compress.quantize;

import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import java.io.Serializable;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The rotation of the residual stream, {@code x -> Q' x}, applied to weights: {@code X Q} to what
 * reads it and {@code Q' X} to what writes it. The identity where there is no matrix. F32, computed
 * in F64 for a thousand rows at a time.
 */
final class HiddenRotation implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final long ROWS = 1024;

  private final Hadamard matrix;

  HiddenRotation(Optional<Hadamard> matrix) {
    this.matrix = matrix.orElse(null);
  }

  /** {@code X Q} of {@code X [rows, h]}. */
  Tensor rotateColumns(Tensor x) {
    if (matrix == null) {
      return x;
    }
    return Scopes.keep(
        () -> {
          TensorVector parts = new TensorVector();
          for (long from = 0; from < x.size(0); from += ROWS) {
            Tensor rows = Tensors.range(x, 0, from, Math.min(from + ROWS, x.size(0)));
            parts.push_back(Scopes.keep(() -> Tensors.toFloat(matrix.rotate(rows))));
          }
          return torch.cat(parts, 0);
        });
  }

  /** {@code Q' X} of {@code X [h, columns]} or {@code [h]}. */
  Tensor rotateRows(Tensor x) {
    return x.dim() == 1
        ? rotateColumns(x.unsqueeze(0)).squeeze(0L)
        : rotateColumns(x.t()).t().contiguous();
  }
}
