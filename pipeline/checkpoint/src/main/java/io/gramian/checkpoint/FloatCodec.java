package io.gramian.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Locale;

/**
 * Converts between the floating types of safetensors and F32. Bytes are little endian whatever the
 * buffer's order says. Linear cost, no allocation.
 *
 * <p>F16, BF16 and the 8-bit types decode exactly; F64 rounds to nearest, ties to even. Encoding
 * rounds to nearest, ties to even; a value beyond the target's range becomes infinite.
 */
public final class FloatCodec {

  private FloatCodec() {}

  /**
   * Decodes all of {@code source}, from its position to its limit, into {@code destination}; both
   * positions move on.
   *
   * @throws UserException if {@code dtype} is not floating
   * @throws IllegalArgumentException if {@code source} holds a part of an element, or more of them
   *     than {@code destination} has room for
   */
  public static void decode(DType dtype, ByteBuffer source, FloatBuffer destination) {
    requireFloating(dtype);
    int count = source.remaining() / dtype.bytes();
    if (source.remaining() % dtype.bytes() != 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "%d bytes are no whole number of %s", source.remaining(), dtype));
    }
    requireRoom(count, destination.remaining());
    ByteBuffer bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F64 -> decodeF64(bytes.asDoubleBuffer(), destination);
      case F32 -> destination.put(bytes.asFloatBuffer());
      case BF16 -> decodeBf16(bytes.asShortBuffer(), destination);
      case F16 -> decodeF16(bytes.asShortBuffer(), destination);
      case F8_E4M3 -> decodeF8E4M3(bytes, destination);
      case F8_E5M2 -> decodeF8E5M2(bytes, destination);
      default -> throw new AssertionError(dtype);
    }
    source.position(source.limit());
  }

  /**
   * Encodes all of {@code source}, from its position to its limit, into {@code destination}; both
   * positions move on.
   *
   * @throws UserException if {@code dtype} is none of F64, F32, F16 and BF16
   * @throws IllegalArgumentException if {@code destination} lacks room
   */
  public static void encode(DType dtype, FloatBuffer source, ByteBuffer destination) {
    requireFloating(dtype);
    int count = source.remaining();
    requireRoom(count, destination.remaining() / dtype.bytes());
    ByteBuffer bytes = destination.slice().order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F64 -> encodeF64(source, bytes.asDoubleBuffer());
      case F32 -> bytes.asFloatBuffer().put(source);
      case BF16 -> encodeBf16(source, bytes.asShortBuffer());
      case F16 -> encodeF16(source, bytes.asShortBuffer());
      default ->
          throw new UserException(
              "weights can be written as F64, F32, F16 or BF16, not as " + dtype);
    }
    destination.position(destination.position() + count * dtype.bytes());
  }

  /** The F16 number nearest to {@code value}, ties to even; infinite from 65520 on. */
  public static float roundedToF16(float value) {
    return SmallFloats.fromF16(SmallFloats.toF16(value));
  }

  private static void requireFloating(DType dtype) {
    if (!dtype.isFloating()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s is an integer type where a floating one (F64, F32, F16, BF16, F8) is needed",
              dtype));
    }
  }

  private static void requireRoom(int count, int room) {
    if (count > room) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d elements, room for %d", count, room));
    }
  }

  private static void decodeF64(DoubleBuffer source, FloatBuffer destination) {
    while (source.hasRemaining()) {
      destination.put((float) source.get());
    }
  }

  private static void decodeBf16(ShortBuffer source, FloatBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(SmallFloats.fromBf16(source.get()));
    }
  }

  private static void decodeF16(ShortBuffer source, FloatBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(SmallFloats.fromF16(source.get()));
    }
  }

  private static void decodeF8E4M3(ByteBuffer source, FloatBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(SmallFloats.fromF8E4M3(source.get()));
    }
  }

  private static void decodeF8E5M2(ByteBuffer source, FloatBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(SmallFloats.fromF8E5M2(source.get()));
    }
  }

  private static void encodeF64(FloatBuffer source, DoubleBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(source.get());
    }
  }

  private static void encodeBf16(FloatBuffer source, ShortBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(SmallFloats.toBf16(source.get()));
    }
  }

  private static void encodeF16(FloatBuffer source, ShortBuffer destination) {
    while (source.hasRemaining()) {
      destination.put(SmallFloats.toF16(source.get()));
    }
  }
}
