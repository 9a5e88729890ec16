package io.gramian.compress.tensor;

import io.gramian.checkpoint.Checkpoint;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.model.TensorShape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Named weights in native memory, F32 as read, owned until closed. May be read by several threads.
 *
 * <p>Reading costs one pass over the tensors' bytes and 4 bytes an element of memory.
 */
public final class Weights implements AutoCloseable {

  /** Elements decoded at a time: a buffer over native memory cannot span 2 GiB. */
  private static final long CHUNK = 1L << 26;

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private Weights() {}

  /**
   * Reads the given tensors by byte range, and nothing else of the checkpoint.
   *
   * @throws io.gramian.checkpoint.UserException if one is missing, has another shape, or holds a
   *     value that is not finite
   */
  public static Weights read(Checkpoint checkpoint, Collection<TensorShape> shapes) {
    Weights weights = new Weights();
    try {
      for (TensorShape shape : shapes) {
        TensorInfo info = checkpoint.require(shape.name(), shape.shape());
        weights.own(shape.name(), () -> read(checkpoint, info, 0, sizes(info)));
      }
      return weights;
    } catch (RuntimeException | Error e) {
      weights.close();
      throw e;
    }
  }

  /**
   * Reads rows {@code from} to {@code to} (exclusive) of one tensor, by byte range.
   *
   * @param shape of the whole tensor
   * @throws io.gramian.checkpoint.UserException as {@link #read(Checkpoint, Collection)}
   */
  public static Weights readRows(Checkpoint checkpoint, TensorShape shape, int from, int to) {
    TensorInfo info = checkpoint.require(shape.name(), shape.shape());
    long[] sizes = sizes(info);
    long row = info.elements() / sizes[0];
    sizes[0] = (long) to - from;
    Weights weights = new Weights();
    weights.own(shape.name(), () -> read(checkpoint, info, from * row, sizes));
    return weights;
  }

  /** Takes ownership of copies of existing tensors (tests, sorted blocks). */
  public static Weights of(Map<String, Tensor> tensors) {
    Weights weights = new Weights();
    tensors.forEach((name, tensor) -> weights.own(name, tensor::clone));
    return weights;
  }

  /** All tensors of {@code parts}, which give up their ownership. */
  public static Weights joined(List<Weights> parts) {
    Weights weights = new Weights();
    for (Weights part : parts) {
      weights.tensors.putAll(part.tensors);
      part.tensors.clear();
    }
    return weights;
  }

  /** Moves the tensors of those names into weights of their own. */
  public Weights take(Collection<String> names) {
    Weights taken = new Weights();
    for (String name : names) {
      get(name);
      taken.tensors.put(name, tensors.remove(name));
    }
    return taken;
  }

  /** Puts {@code change} of a tensor in its place, and frees it if that is another. */
  public void replace(String name, UnaryOperator<Tensor> change) {
    Tensor before = get(name);
    own(name, () -> change.apply(before));
    before.releaseReference();
  }

  /** The tensor of that name. */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException(
          "weight " + name + " was not loaded; have " + tensors.keySet());
    }
    return tensor;
  }

  /** Names in the order they were loaded. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** Native bytes held. */
  public long bytes() {
    return tensors.values().stream().mapToLong(Tensor::nbytes).sum();
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::releaseReference);
    tensors.clear();
  }

  private void own(String name, Supplier<Tensor> make) {
    try (PointerScope scope = new PointerScope()) {
      Tensor tensor = make.get();
      tensor.retainReference();
      tensors.put(name, tensor);
    }
  }

  private static long[] sizes(TensorInfo info) {
    return info.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private static Tensor read(Checkpoint checkpoint, TensorInfo info, long first, long[] sizes) {
    Tensor tensor = Tensors.emptyFloat(sizes);
    long elements = tensor.numel();
    try {
      for (long at = 0; at < elements; at += CHUNK) {
        FloatBuffer part = tensor.createBuffer(at);
        part.limit((int) Math.min(CHUNK, elements - at));
        checkpoint.readFloats(info.name(), first + at, part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return tensor;
  }
}
