package io.gramian.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/** Reads elements of one floating tensor as F32, in chunks, and refuses NaN and infinity. */
final class FloatReader {

  private static final int CHUNK_BYTES = 1 << 18;

  private final SafetensorsFile file;
  private final TensorInfo tensor;

  FloatReader(SafetensorsFile file, TensorInfo tensor) {
    if (!tensor.dtype().isFloating()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: tensor '%s' has element type %s where a floating one is needed",
              file.name(),
              tensor.name(),
              tensor.dtype()));
    }
    this.file = file;
    this.tensor = tensor;
  }

  void read(long firstElement, FloatBuffer destination) throws IOException {
    if (firstElement < 0 || destination.remaining() > tensor.elements() - firstElement) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%d elements at %d of tensor '%s', which has %d",
              destination.remaining(),
              firstElement,
              tensor.name(),
              tensor.elements()));
    }
    int width = tensor.dtype().bytes();
    ByteBuffer chunk =
        ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, (long) destination.remaining() * width));
    long next = firstElement;
    while (destination.hasRemaining()) {
      int count = Math.min(destination.remaining(), CHUNK_BYTES / width);
      file.read(tensor, next * width, chunk.clear().limit(count * width));
      int at = destination.position();
      FloatCodec.decode(tensor.dtype(), chunk.flip(), destination);
      requireFinite(destination, at, next);
      next += count;
    }
  }

  /** Checks what was decoded from {@code from} to the position; {@code first} is its element. */
  private void requireFinite(FloatBuffer values, int from, long first) {
    for (int i = from; i < values.position(); i++) {
      if (!Float.isFinite(values.get(i))) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: tensor '%s' holds %s at %s; the checkpoint is damaged or training diverged",
                file.name(),
                tensor.name(),
                values.get(i),
                position(first + i - from)));
      }
    }
  }

  /** The index of each axis of a row-major element number. */
  private List<Long> position(long element) {
    Deque<Long> position = new ArrayDeque<>();
    long rest = element;
    for (int axis = tensor.shape().size() - 1; axis >= 0; axis--) {
      position.addFirst(rest % tensor.shape().get(axis));
      rest /= tensor.shape().get(axis);
    }
    return List.copyOf(position);
  }
}
