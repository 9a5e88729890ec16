package io.gramian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Safetensors files by hand, right or wrong. */
final class SafetensorsBytes {

  private SafetensorsBytes() {}

  /** The header length as it is, {@code json}, and {@code dataBytes} zeros. */
  static byte[] of(String json, int dataBytes) {
    return claiming(json.getBytes(UTF_8).length, json, dataBytes);
  }

  /** The same, but with a header length of {@code length}. */
  static byte[] claiming(long length, String json, int dataBytes) {
    byte[] text = json.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(length)
        .put(text)
        .array();
  }
}
