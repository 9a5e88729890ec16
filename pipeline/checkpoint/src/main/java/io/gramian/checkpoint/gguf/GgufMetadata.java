package io.gramian.checkpoint.gguf;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys and typed values of a file, in the order in which they were put. */
public final class GgufMetadata {

  private static final int UINT32 = 4;
  private static final int INT32 = 5;
  private static final int FLOAT32 = 6;
  private static final int BOOL = 7;
  private static final int STRING = 8;
  private static final int ARRAY = 9;

  private final Map<String, byte[]> values = new LinkedHashMap<>();

  /** A string. */
  public GgufMetadata text(String key, String value) {
    return put(key, new LittleEndian().int32(STRING).text(value));
  }

  /** A number that is not negative, as UINT32. */
  public GgufMetadata count(String key, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(key + " is " + value);
    }
    return put(key, new LittleEndian().int32(UINT32).int32(value));
  }

  /** A FLOAT32. */
  public GgufMetadata number(String key, float value) {
    return put(key, new LittleEndian().int32(FLOAT32).float32(value));
  }

  /** A BOOL that is true. */
  public GgufMetadata yes(String key) {
    return put(key, new LittleEndian().int32(BOOL).int8(1));
  }

  /** A BOOL that is false. */
  public GgufMetadata no(String key) {
    return put(key, new LittleEndian().int32(BOOL).int8(0));
  }

  /** A list of strings. */
  public GgufMetadata texts(String key, List<String> list) {
    LittleEndian bytes = array(STRING, list.size());
    list.forEach(bytes::text);
    return put(key, bytes);
  }

  /** A list of INT32. */
  public GgufMetadata integers(String key, List<Integer> list) {
    LittleEndian bytes = array(INT32, list.size());
    list.forEach(bytes::int32);
    return put(key, bytes);
  }

  private static LittleEndian array(int type, int length) {
    return new LittleEndian().int32(ARRAY).int32(type).int64(length);
  }

  private GgufMetadata put(String key, LittleEndian value) {
    if (key.isEmpty() || !StandardCharsets.US_ASCII.newEncoder().canEncode(key)) {
      throw new IllegalArgumentException("metadata key '" + key + "'");
    }
    if (values.put(key, value.bytes()) != null) {
      throw new IllegalArgumentException("two values of " + key);
    }
    return this;
  }

  int size() {
    return values.size();
  }

  void writeTo(LittleEndian header) {
    values.forEach((key, value) -> header.text(key).raw(value));
  }
}
