package io.gramian.edge.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes on their way to text. The start of a character whose other bytes are still to come stays
 * here; what is no UTF-8 becomes U+FFFD, one for each longest part of a character.
 */
final class Utf8Buffer {

  private static final int SMALLEST = 64;

  private final CharsetDecoder decoder;
  private byte[] bytes = new byte[SMALLEST];
  private int size;

  private Utf8Buffer(CodingErrorAction malformed) {
    decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(malformed);
  }

  /** A buffer that replaces what is no UTF-8. */
  static Utf8Buffer lenient() {
    return new Utf8Buffer(CodingErrorAction.REPLACE);
  }

  /** A buffer that tells sound bytes from others. */
  static Utf8Buffer strict() {
    return new Utf8Buffer(CodingErrorAction.REPORT);
  }

  void add(byte value) {
    reserve(1);
    bytes[size++] = value;
  }

  void add(byte[] values) {
    reserve(values.length);
    System.arraycopy(values, 0, bytes, size, values.length);
    size += values.length;
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  /** Whether the bytes can still become UTF-8 by more bytes, or are. */
  boolean isSound() {
    return !decode(CharBuffer.allocate(size + 1), ByteBuffer.wrap(bytes, 0, size), false).isError();
  }

  /** Whether the bytes are whole characters. */
  boolean isWhole() {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, size);
    return !decode(CharBuffer.allocate(size + 1), in, true).isError() && !in.hasRemaining();
  }

  /** Takes the whole characters out. */
  String takeWhole() {
    return take(false);
  }

  /** Takes everything out; a started character becomes U+FFFD. */
  String takeAll() {
    return take(true);
  }

  private String take(boolean last) {
    if (size == 0) {
      return "";
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, size);
    CharBuffer out = CharBuffer.allocate(size + 1);
    decode(out, in, last);
    int left = in.remaining();
    System.arraycopy(bytes, size - left, bytes, 0, left);
    size = left;
    return out.flip().toString();
  }

  private CoderResult decode(CharBuffer out, ByteBuffer in, boolean last) {
    return decoder.reset().decode(in, out, last);
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }
  }
}
