package io.gramian.edge.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Rope;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against plain arrays {@code [head][position][channel]}: tokens of random widths. */
class KeyValueCacheTest {

  private static final int POSITIONS = 35;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void tokensOfAnyWidth(long seed) {
    Random random = new Random(seed);
    Case test = new Case(random);
    // Twice: what the first text left does not show in the second one.
    for (int token = 0; token < 2 * POSITIONS; token++) {
      test.token(token % POSITIONS);
    }
    test.compare("seed " + seed);
  }

  /** A cache, and what it should hold. */
  private static final class Case {

    private final Random random;
    private final int heads;
    private final int rotated;
    private final int passing;
    private final int valueSize;
    private final float[] bias;
    private final KeyValueCache cache;
    private final float[][][] keys;
    private final float[][][] values;

    Case(Random random) {
      this.random = random;
      this.heads = 1 + random.nextInt(3);
      this.rotated = 2 * random.nextInt(4);
      this.passing = (rotated == 0 ? 1 : 0) + random.nextInt(5);
      this.valueSize = 1 + random.nextInt(70);
      this.bias = new float[random.nextBoolean() ? heads * valueSize : 0];
      for (int i = 0; i < bias.length; i++) {
        bias[i] = (float) random.nextGaussian();
      }
      this.cache = new KeyValueCache(attention(), bias, POSITIONS);
      this.keys = new float[heads][POSITIONS][rotated + passing];
      this.values = new float[heads][POSITIONS][valueSize];
    }

    private Attention attention() {
      HeadLayout layout = new HeadLayout(2 * heads, heads, 16);
      int keySize = rotated + passing;
      Rope rope =
          rotated == 0
              ? null
              : new Rope(rotated, Collections.nCopies(rotated / 2, 0.1), 1, List.of());
      return new Attention(
          new LinearSpec("q.weight", null, 2 * heads * keySize, 8),
          new LinearSpec("k.weight", null, heads * keySize, 8),
          new LinearSpec("v.weight", null, heads * valueSize, 8),
          new LinearSpec("o.weight", null, 8, 2 * heads * valueSize),
          layout,
          rope);
    }

    /** Writes a token at a random width. */
    void token(int position) {
      int keptRotated = rotated == 0 ? 0 : 2 * (1 + random.nextInt(rotated / 2));
      int keptPassing = random.nextInt(passing + 1);
      int keptValue = 1 + random.nextInt(valueSize);
      for (int head = 0; head < heads; head++) {
        float[] key = new float[3 + keptRotated + keptPassing];
        for (int i = 0; i < key.length; i++) {
          key[i] = (float) random.nextGaussian();
        }
        Arrays.fill(keys[head][position], 0);
        System.arraycopy(key, 3, keys[head][position], 0, keptRotated);
        System.arraycopy(key, 3 + keptRotated, keys[head][position], rotated, keptPassing);
        cache.setKey(head, position, key, 3, keptRotated, keptPassing);
        float[] value = new float[2 + keptValue];
        for (int i = 0; i < valueSize; i++) {
          if (i < keptValue) {
            value[2 + i] = (float) random.nextGaussian();
            values[head][position][i] = value[2 + i];
          } else {
            values[head][position][i] = bias.length == 0 ? 0 : bias[head * valueSize + i];
          }
        }
        cache.setValue(head, position, value, 2, keptValue);
      }
    }

    void compare(String what) {
      int keySize = rotated + passing;
      for (int head = 0; head < heads; head++) {
        for (int position = 0; position < POSITIONS; position++) {
          float[] key = new float[keySize];
          for (int channel = 0; channel < keySize; channel++) {
            key[channel] = cache.key(head, position, channel);
          }
          close(key, keys[head][position], what + ", key of head " + head + " at " + position);
          float[] value = new float[valueSize];
          for (int channel = 0; channel < valueSize; channel++) {
            value[channel] = cache.value(head, position, channel);
          }
          close(
              value, values[head][position], what + ", value of head " + head + " at " + position);
        }
      }
      // Two blocks of positions; values in lines of 32 channels; two scales a position.
      long lines = keySize + (valueSize + 31) / 32 * 32;
      assertThat(cache.bytes()).isEqualTo(heads * (64 * lines * 2 + 2 * 64 * Float.BYTES));
    }

    /** To half of the last bit that 16 have beside the largest number; zeros exactly. */
    private static void close(float[] actual, float[] expected, String what) {
      float largest = 0;
      for (float x : expected) {
        largest = Math.max(largest, Math.abs(x));
      }
      for (int i = 0; i < expected.length; i++) {
        float bound = expected[i] == 0 ? 0 : 1.01f * largest / (1 << 16);
        assertThat(Math.abs(actual[i] - expected[i])).as(what).isLessThanOrEqualTo(bound);
      }
    }
  }
}
