package io.gramian.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes that grow, numbers lowest byte first. */
final class LittleEndian {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  LittleEndian int8(int value) {
    bytes.write(value);
    return this;
  }

  LittleEndian int32(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bytes.write(value >>> shift);
    }
    return this;
  }

  LittleEndian int64(long value) {
    return int32((int) value).int32((int) (value >>> Integer.SIZE));
  }

  LittleEndian float32(float value) {
    return int32(Float.floatToRawIntBits(value));
  }

  /** Its length in bytes, 64 bits, and UTF-8. */
  LittleEndian text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return int64(utf8.length).raw(utf8);
  }

  LittleEndian raw(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  /** Zeros up to the next multiple. */
  LittleEndian align(int multiple) {
    while (bytes.size() % multiple != 0) {
      bytes.write(0);
    }
    return this;
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }
}
