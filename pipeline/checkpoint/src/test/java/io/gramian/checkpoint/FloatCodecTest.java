package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FloatCodecTest {

  @ParameterizedTest
  @CsvSource({
    "F16, 5, 10",
    "BF16, 8, 7",
    "F8_E5M2, 5, 2",
  })
  void everyBitPatternDecodesToItsDefinition(DType dtype, int exponentBits, int fractionBits) {
    int patterns = 1 << (8 * dtype.bytes());
    for (int bits = 0; bits < patterns; bits++) {
      float expected = ieee(bits, exponentBits, fractionBits);
      assertThat(decodeOne(dtype, bits))
          .as("%s %x", dtype, bits)
          .isEqualTo(Float.valueOf(expected));
    }
  }

  @Test
  void everyE4M3PatternDecodesToItsDefinition() {
    for (int bits = 0; bits < 256; bits++) {
      // The 16 patterns of the largest exponent are numbers, but for the two NaNs.
      float expected =
          (bits & 0x7f) == 0x7f
              ? Float.NaN
              : (bits & 0x78) == 0x78
                  ? (float) ((bits < 128 ? 1 : -1) * (1 + (bits & 7) / 8.0) * 256)
                  : ieee(bits, 4, 3);
      assertThat(decodeOne(DType.F8_E4M3, bits)).as("%x", bits).isEqualTo(Float.valueOf(expected));
    }
    assertThat(decodeOne(DType.F8_E4M3, 0x7e)).isEqualTo(448f);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void everyBitPatternSurvivesTheRoundTrip(DType dtype) {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = decodeOne(dtype, bits);
      int again = encodeOne(dtype, value);
      if (Float.isNaN(value)) {
        assertThat(decodeOne(dtype, again)).as("%x", bits).isNaN();
      } else {
        assertThat(again).as("%x", bits).isEqualTo(bits);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16"})
  void encodingTakesTheNearestAndOfTwoTheEven(DType dtype) {
    int largest = dtype == DType.F16 ? 0x7bff : 0x7f7f;
    for (int bits = 0; bits < largest; bits++) {
      float below = decodeOne(dtype, bits);
      float above = decodeOne(dtype, bits + 1);
      float middle = (float) (((double) below + above) / 2);
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat(encodeOne(dtype, middle)).as("%s tie after %x", dtype, bits).isEqualTo(even);
      assertThat(encodeOne(dtype, -middle)).isEqualTo(even | 0x8000);
      assertThat(encodeOne(dtype, Math.nextDown(middle))).as("%x", bits).isEqualTo(bits);
      assertThat(encodeOne(dtype, Math.nextUp(middle))).as("%x", bits).isEqualTo(bits + 1);
    }
  }

  @Test
  void overflowBecomesInfinite() {
    assertThat(encodeOne(DType.F16, 65519.996f)).isEqualTo(0x7bff);
    assertThat(encodeOne(DType.F16, 65520f)).isEqualTo(0x7c00);
    assertThat(encodeOne(DType.F16, -Float.MAX_VALUE)).isEqualTo(0xfc00);
    assertThat(encodeOne(DType.BF16, Float.MAX_VALUE)).isEqualTo(0x7f80);
    assertThat(encodeOne(DType.BF16, Float.NEGATIVE_INFINITY)).isEqualTo(0xff80);
    assertThat(encodeOne(DType.F16, Float.MIN_VALUE)).isZero();
    assertThat(encodeOne(DType.BF16, Float.intBitsToFloat(0x7f80_0001))).isEqualTo(0x7fc0);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F64"})
  void wideTypesKeepEveryValue(DType dtype) {
    for (int seed = 1; seed <= 20; seed++) {
      Random random = new Random(seed);
      int count = 1 + random.nextInt(207);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = Float.intBitsToFloat(random.nextInt());
      }
      ByteBuffer bytes = ByteBuffer.allocate(1 + count * dtype.bytes()).position(1);
      FloatBuffer source = FloatBuffer.wrap(values);
      FloatCodec.encode(dtype, source, bytes);
      assertThat(source.hasRemaining() || bytes.hasRemaining()).isFalse();
      FloatBuffer decoded = FloatBuffer.allocate(count + 1).position(1);
      FloatCodec.decode(dtype, bytes.position(1), decoded);
      assertThat(decoded.hasRemaining() || bytes.hasRemaining()).isFalse();
      for (int i = 0; i < count; i++) {
        assertThat(decoded.get(1 + i))
            .as("seed %d, %d", seed, i)
            .isEqualTo(Float.valueOf(values[i]));
      }
    }
  }

  @Test
  void f64IsRoundedToTheNearest() {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putDouble(0.1).putDouble(1e300).flip();
    FloatBuffer decoded = FloatBuffer.allocate(2);
    FloatCodec.decode(DType.F64, bytes, decoded);
    assertThat(decoded.array()).containsExactly(0.1f, Float.POSITIVE_INFINITY);
  }

  @Test
  void aNumberCanBeRoundedToF16() {
    assertThat(FloatCodec.roundedToF16(1.0004f)).isEqualTo(1);
    assertThat(FloatCodec.roundedToF16(1.0006f)).isEqualTo(1 + 0x1p-10f);
    assertThat(FloatCodec.roundedToF16(0x1p-26f)).isZero();
    assertThat(FloatCodec.roundedToF16(-65520)).isEqualTo(Float.NEGATIVE_INFINITY);
  }

  @Test
  void buffersMustFit() {
    assertThatThrownBy(
            () -> FloatCodec.decode(DType.F16, ByteBuffer.allocate(3), FloatBuffer.allocate(9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 bytes are no whole number of F16");
    assertThatThrownBy(
            () -> FloatCodec.decode(DType.F16, ByteBuffer.allocate(4), FloatBuffer.allocate(1)))
        .hasMessage("2 elements, room for 1");
    assertThatThrownBy(
            () -> FloatCodec.encode(DType.F32, FloatBuffer.allocate(2), ByteBuffer.allocate(7)))
        .hasMessage("2 elements, room for 1");
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64"})
  void integersAreRefused(DType dtype) {
    String message =
        dtype + " is an integer type where a floating one (F64, F32, F16, BF16, F8) is needed";
    assertThatThrownBy(
            () -> FloatCodec.decode(dtype, ByteBuffer.allocate(8), FloatBuffer.allocate(8)))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
    assertThatThrownBy(
            () -> FloatCodec.encode(dtype, FloatBuffer.allocate(1), ByteBuffer.allocate(8)))
        .isInstanceOf(UserException.class)
        .hasMessage(message);
  }

  @Test
  void eightBitTypesAreReadOnly() {
    assertThatThrownBy(
            () -> FloatCodec.encode(DType.F8_E5M2, FloatBuffer.allocate(1), ByteBuffer.allocate(1)))
        .isInstanceOf(UserException.class)
        .hasMessage("weights can be written as F64, F32, F16 or BF16, not as F8_E5M2");
  }

  /** The textbook value of a bit pattern, exact in decimal arithmetic. */
  private static float ieee(int bits, int exponentBits, int fractionBits) {
    int exponent = (bits >>> fractionBits) & ((1 << exponentBits) - 1);
    int fraction = bits & ((1 << fractionBits) - 1);
    int bias = (1 << (exponentBits - 1)) - 1;
    float sign = (bits >>> (exponentBits + fractionBits)) == 0 ? 1 : -1;
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    int significand = exponent == 0 ? fraction : fraction + (1 << fractionBits);
    int power = Math.max(exponent, 1) - bias - fractionBits;
    BigDecimal two = BigDecimal.valueOf(2);
    BigDecimal scale = power >= 0 ? two.pow(power) : BigDecimal.ONE.divide(two.pow(-power));
    return sign * BigDecimal.valueOf(significand).multiply(scale).floatValue();
  }

  private static float decodeOne(DType dtype, int bits) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, bits);
    FloatBuffer value = FloatBuffer.allocate(1);
    FloatCodec.decode(dtype, bytes.limit(dtype.bytes()), value);
    return value.get(0);
  }

  private static int encodeOne(DType dtype, float value) {
    ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    FloatCodec.encode(dtype, FloatBuffer.wrap(new float[] {value}), bytes);
    return Short.toUnsignedInt(bytes.getShort(0));
  }
}
