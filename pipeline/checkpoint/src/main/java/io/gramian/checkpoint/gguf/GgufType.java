package io.gramian.checkpoint.gguf;

/** The element types that are written. */
public enum GgufType {
  /** IEEE 754 single precision. */
  F32(0, 1, 4),
  /** Blocks of 32 values of 4 bits and an F16 scale, 18 bytes. */
  Q4_0(2, 32, 18);

  private final int code;
  private final int blockElements;
  private final int blockBytes;

  GgufType(int code, int blockElements, int blockBytes) {
    this.code = code;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** The number that stands for it in a file. */
  int code() {
    return code;
  }

  /** Elements that are stored together: the innermost axis is a multiple of it. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of so many elements. */
  long bytes(long elements) {
    return elements / blockElements * blockBytes;
  }
}
