package io.gramian.edge.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GreedyTest {

  @Test
  void choosesTheHighestAndOfEqualOnesTheLowestId() {
    assertThat(new Greedy().next(new float[] {-3, 2, 7, 7, 1})).isEqualTo(2);
    assertThat(new Greedy().next(new float[] {-3})).isZero();
    assertThat(new Greedy().next(new float[] {0f, -0f, Float.NEGATIVE_INFINITY})).isZero();
  }

  @Test
  void notANumberIsImpossible() {
    assertThat(new Greedy().next(new float[] {Float.NaN, -5, Float.NaN})).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("useless")
  void refusesLogitsWithoutAHighest(float[] logits, String highest) {
    for (Sampler sampler : List.of(new Greedy(), new TopP(1, 0.9, 1))) {
      assertThatThrownBy(() -> sampler.next(logits))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "the highest of %d logits is %s, which is no finite number; the model's weights are damaged, check their checksums"
                  .formatted(logits.length, highest));
    }
  }

  static Object[][] useless() {
    return new Object[][] {
      {new float[0], "-Infinity"},
      {new float[] {Float.NaN, Float.NaN}, "-Infinity"},
      {new float[] {Float.NEGATIVE_INFINITY}, "-Infinity"},
      {new float[] {1, Float.POSITIVE_INFINITY, Float.NaN}, "Infinity"},
    };
  }
}
