package io.gramian.compress.quantize;

import io.gramian.compress.tensor.Tensors;
import java.io.Serializable;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The orthogonal matrix {@code Q = H / sqrt(n)}, {@code H} a Hadamard matrix of size {@code n = 2^k
 * m}, {@code m} one of 1, 12, 20 and 28 (so 40 too, which is twice 20): the Kronecker product of
 * Sylvester's matrix and a {@link PaleyMatrix}.
 *
 * <p>Multiplying a row costs {@code n (k + 2 m)} operations, in F64.
 */
public final class Hadamard implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int[] BASES = {1, 12, 20, 28};

  private final int size;
  private final int base;

  private Hadamard(int size, int base) {
    this.size = size;
    this.base = base;
  }

  /** The matrix of that size, if there is one. */
  public static Optional<Hadamard> ofSize(int size) {
    return IntStream.of(BASES)
        .filter(base -> size % base == 0 && Integer.bitCount(size / base) == 1)
        .mapToObj(base -> new Hadamard(size, base))
        .findFirst();
  }

  /** Why a model of that hidden size is not rotated, in one line, for a warning. */
  public static String missing(int hiddenSize) {
    return String.format(
        Locale.ROOT,
        "hidden size %d is no power of two times 1, 12, 20, 28 or 40, so there is no Hadamard"
            + " matrix of it here: the model is quantised without rotation",
        hiddenSize);
  }

  public int size() {
    return size;
  }

  /** {@code X Q} for {@code X [rows, n]}, in F64. */
  Tensor rotate(Tensor rows) {
    Tensor x = Tensors.times(Tensors.toDouble(rows), 1 / Math.sqrt(size));
    for (int width = base; width < size; width *= 2) {
      Tensor pairs = x.reshape(-1, 2, width);
      Tensor first = pairs.select(1, 0);
      Tensor second = pairs.select(1, 1);
      x = torch.stack(new TensorVector(first.add(second), first.sub(second)), 1);
    }
    Tensor parts = x.reshape(-1, base);
    Tensor product = base == 1 ? parts : parts.mm(PaleyMatrix.of(base).toTensor());
    return product.reshape(rows.size(0), size);
  }
}
