package io.gramian.edge.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.model.BlockWidths;
import io.gramian.model.Convolution;
import io.gramian.model.Coupling;
import io.gramian.model.packed.PackedAxis;
import io.gramian.model.packed.PackedRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the list of all inputs: the last ones are there, zero where they were dropped. */
class ConvolutionCacheTest {

  private static final int TOKENS = 40;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void holdsTheLastInputs(long seed) {
    Random random = new Random(seed);
    Case test = new Case(1 + (int) seed % 5, random);
    for (int text = 0; text < 2; text++) {
      for (int position = 0; position < TOKENS; position++) {
        test.compare("seed " + seed, position);
        test.token(position);
      }
      test.reset();
    }
  }

  /** A cache and all inputs so far. */
  private static final class Case {

    private final Random random;
    private final int kernel;
    private final PackedAxis axis;
    private final int channels;
    private final ConvolutionCache cache;
    private final List<float[]> inputs = new ArrayList<>();

    Case(int kernel, Random random) {
      this.random = random;
      this.kernel = kernel;
      int heads = 1 + random.nextInt(4);
      int size = 1 + random.nextInt(5);
      int states = 1 + random.nextInt(5);
      List<PackedRun> runs = new ArrayList<>();
      for (int head = 0; head < heads; head++) {
        runs.add(new PackedRun(head * size, size, 1, Coupling.Z_X_OUT, 0));
      }
      runs.add(new PackedRun(heads * size, states, 1, Coupling.B_C, 0));
      runs.add(new PackedRun(heads * size + states, states, 1, Coupling.B_C, 0));
      this.axis = new PackedAxis(runs);
      this.channels = axis.channels();
      this.cache = new ConvolutionCache(new Convolution("c.weight", null, channels, kernel));
    }

    /** A token at a random width, its inputs without gaps in an array. */
    void token(int position) {
      BlockWidths widths =
          new BlockWidths(
              Map.of(
                  Coupling.Z_X_OUT,
                  List.of(1 + random.nextInt(axis.runs().get(0).units())),
                  Coupling.B_C,
                  List.of(1 + random.nextInt(axis.runs().get(axis.runs().size() - 1).units()))));
      float[] expected = new float[channels];
      int[] places = axis.places(widths);
      float[] source = new float[places.length];
      for (int i = 0; i < places.length; i++) {
        source[i] = (float) random.nextGaussian();
        expected[places[i]] = source[i];
      }
      for (RowSpan span : StoredMap.spans(axis, widths)) {
        cache.put(position, span, source, span.output());
      }
      int[] kept = axis.kept(widths).stream().mapToInt(Integer::intValue).toArray();
      cache.clearDropped(position, axis, kept);
      inputs.add(expected);
    }

    void compare(String what, int position) {
      for (int back = 1; back < kernel; back++) {
        float[] expected = back <= position ? inputs.get(position - back) : new float[channels];
        int at = cache.at(position, back);
        assertThat(Arrays.copyOfRange(cache.inputs(), at, at + channels))
            .as("%s, %d tokens before %d", what, back, position)
            .isEqualTo(expected);
      }
      assertThat(cache.bytes()).isEqualTo((kernel - 1L) * channels * Float.BYTES);
    }

    void reset() {
      cache.reset();
      inputs.clear();
    }
  }
}
