package io.gramian.checkpoint;

/**
 * The floating types that Java 17 lacks, as bit patterns. Decoding is exact: every value of the
 * small types is a value of F32. Encoding rounds to nearest, ties to even, as IEEE 754 asks; what
 * is too large becomes infinite, and a NaN stays a NaN.
 *
 * <p>Decoding shifts exponent and fraction to F32's places, which leaves a number that is too small
 * by the difference of the exponent biases, and multiplies that power of two back in. The product
 * is exact and needs no special case for subnormal numbers.
 */
final class SmallFloats {

  private static final int F32_INFINITY = 0x7f80_0000;
  private static final int F32_MAGNITUDE = 0x7fff_ffff;

  /** 2^-14, the smallest normal F16, as F32 bits. */
  private static final int F16_SMALLEST_NORMAL = 0x3880_0000;

  /** 2^16, which is beyond the largest F16 (65504) and all that rounds to it. */
  private static final int F16_BEYOND = 0x4780_0000;

  private SmallFloats() {}

  /** F16: 1 sign, 5 exponent (bias 15), 10 fraction bits; the largest exponent is infinity, NaN. */
  static float fromF16(short bits) {
    int magnitude = bits & 0x7fff;
    int sign = (bits & 0x8000) << 16;
    if (magnitude >= 0x7c00) {
      return Float.intBitsToFloat(sign | F32_INFINITY | (magnitude << 13));
    }
    return Float.intBitsToFloat(
        sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude << 13) * 0x1p112f));
  }

  /** BF16: the upper half of an F32. */
  static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** F8_E4M3 (the "fn" kind): bias 7, 448 is the largest, no infinity, NaN is all ones. */
  static float fromF8E4M3(byte bits) {
    int magnitude = bits & 0x7f;
    if (magnitude == 0x7f) {
      return Float.NaN;
    }
    int sign = (bits & 0x80) << 24;
    return Float.intBitsToFloat(
        sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude << 20) * 0x1p120f));
  }

  /** F8_E5M2: the upper half of an F16. */
  static float fromF8E5M2(byte bits) {
    return fromF16((short) (bits << 8));
  }

  /** The nearest BF16. */
  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & F32_MAGNITUDE) > F32_INFINITY) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  /** The nearest F16; from 65520 on infinity. */
  static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int magnitude = bits & F32_MAGNITUDE;
    return (short) (((bits >>> 16) & 0x8000) | f16Magnitude(magnitude));
  }

  private static int f16Magnitude(int magnitude) {
    if (magnitude > F32_INFINITY) {
      return 0x7e00 | ((magnitude >>> 13) & 0x3ff);
    }
    if (magnitude >= F16_BEYOND) {
      return 0x7c00;
    }
    if (magnitude < F16_SMALLEST_NORMAL) {
      // Subnormal: a multiple of 2^-24. 1024 of them are the smallest normal number, as bits too.
      return (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24);
    }
    int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
    return (rounded - (112 << 23)) >>> 13;
  }
}
