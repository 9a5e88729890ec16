package io.gramian.compress.tensor;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Copies between Java arrays and tensors, and the few calls whose native form is awkward. */
public final class Tensors {

  private Tensors() {}

  /** An uninitialised F32 tensor. */
  public static Tensor emptyFloat(long... shape) {
    return torch.empty(shape, new TensorOptions(ScalarType.Float), null);
  }

  /** An F32 tensor of zeros. */
  public static Tensor zerosFloat(long... shape) {
    return torch.zeros(shape, new TensorOptions(ScalarType.Float));
  }

  /** An uninitialised F64 tensor. */
  public static Tensor emptyDouble(long... shape) {
    return torch.empty(shape, new TensorOptions(ScalarType.Double), null);
  }

  /** An F64 tensor of zeros. */
  public static Tensor zerosDouble(long... shape) {
    return torch.zeros(shape, new TensorOptions(ScalarType.Double));
  }

  /** An F64 copy; the tensor itself if it is F64 already. */
  public static Tensor toDouble(Tensor tensor) {
    return tensor.to(ScalarType.Double);
  }

  /** An F32 copy; the tensor itself if it is F32 already. */
  public static Tensor toFloat(Tensor tensor) {
    return tensor.to(ScalarType.Float);
  }

  /** {@code tensor} in the type of {@code other}; the tensor itself if it has it already. */
  public static Tensor like(Tensor tensor, Tensor other) {
    return tensor.to(other.scalar_type());
  }

  /** Whether its elements are BF16. */
  public static boolean isReduced(Tensor tensor) {
    return tensor.scalar_type().intern() == ScalarType.BFloat16;
  }

  /** The elements in row-major order, as F64. */
  public static double[] doubles(Tensor tensor) {
    return Scopes.compute(
        () -> {
          double[] values = new double[Math.toIntExact(tensor.numel())];
          if (values.length > 0) {
            DoubleBuffer buffer = toDouble(tensor).contiguous().createBuffer();
            buffer.get(values);
          }
          return values;
        });
  }

  /**
   * The elements of a contiguous F64 tensor in row-major order, where they are: valid as long as
   * the tensor.
   */
  public static DoubleBuffer buffer(Tensor tensor) {
    return tensor.createBuffer();
  }

  /** The elements in row-major order, as F32. */
  public static float[] floats(Tensor tensor) {
    return Scopes.compute(
        () -> {
          float[] values = new float[Math.toIntExact(tensor.numel())];
          if (values.length > 0) {
            FloatBuffer buffer = toFloat(tensor).contiguous().createBuffer();
            buffer.get(values);
          }
          return values;
        });
  }

  /** Elements {@code from} to {@code to} (exclusive) along an axis; a view. */
  public static Tensor range(Tensor tensor, long axis, long from, long to) {
    return tensor.slice(axis, new LongOptional(from), new LongOptional(to), 1);
  }

  /** {@code tensor} with {@code indices} taken along an axis. */
  public static Tensor take(Tensor tensor, long axis, int[] indices) {
    return Scopes.keep(() -> torch.index_select(tensor, axis, Tensor.create(indices)));
  }

  /**
   * Adds to the gradients of the leaves behind {@code tensor}, given its own; the graph is used up.
   */
  public static void backward(Tensor tensor, Tensor gradient) {
    tensor.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
  }

  /** {@code tensor * factor}. */
  public static Tensor times(Tensor tensor, double factor) {
    return tensor.mul(new Scalar(factor));
  }
}
