package io.gramian.compress.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FixedPointWireTest {

  private static final long SEED = 71;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 13, 207, 4095, 4096, 4097, 10_000})
  void arrivesAsItWasSent(int length) throws Exception {
    Random random = new Random(SEED);
    for (double scale : new double[] {1e-12, 1, 1e9, 1e18}) {
      FixedPointSum sum = FixedPointSum.zeros(length);
      sum.add(random.doubles(length, -scale, scale).toArray());
      assertThat(received(sent(sum))).as("seed %d, scale %s", SEED, scale).isEqualTo(sum);
    }
  }

  /** The narrow form ends where 28 bits of the high word do. */
  @ParameterizedTest
  @CsvSource({
    "134217727,  10",
    "-134217728, 10",
    "134217728,  16",
    "-134217729, 16",
    "9223372036854775807, 16",
    "-9223372036854775808, 16",
    "0, 10",
    "-1, 10"
  })
  void takesTenBytesUntilASumIsLarge(long high, int bytes) throws Exception {
    int length = 1000;
    long[] highs = new long[length];
    long[] lows = new long[length];
    highs[length - 1] = high;
    lows[0] = (1L << 52) - 1;
    lows[length - 1] = 1;
    FixedPointSum sum = FixedPointSum.ofWords(highs, lows);
    byte[] sent = sent(sum);
    assertThat(sent.length - sent(FixedPointSum.zeros(0)).length)
        .isBetween(bytes * length, bytes * length + 100);
    assertThat(received(sent)).isEqualTo(sum);
  }

  /** What has arrived may be added to: nothing is shared with what was sent. */
  @Test
  void isACopy() throws Exception {
    FixedPointSum sum = FixedPointSum.zeros(3);
    FixedPointSum copy = received(sent(sum));
    copy.add(new double[] {1, 2, 3});
    assertThat(sum).isEqualTo(FixedPointSum.zeros(3));
  }

  private static byte[] sent(FixedPointSum sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sum);
    }
    return bytes.toByteArray();
  }

  private static FixedPointSum received(byte[] sent) throws Exception {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(sent))) {
      return (FixedPointSum) in.readObject();
    }
  }
}
