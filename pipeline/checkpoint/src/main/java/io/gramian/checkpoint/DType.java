package io.gramian.checkpoint;

/** Element types of safetensors, with their width on disk. Little endian throughout. */
public enum DType {
  BOOL(1),
  U8(1),
  I8(1),
  F8_E4M3(1),
  F8_E5M2(1),
  U16(2),
  I16(2),
  F16(2),
  BF16(2),
  U32(4),
  I32(4),
  F32(4),
  U64(8),
  I64(8),
  F64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }

  /** Whether {@link FloatCodec} decodes it. */
  public boolean isFloating() {
    return switch (this) {
      case F8_E4M3, F8_E5M2, F16, BF16, F32, F64 -> true;
      default -> false;
    };
  }
}
