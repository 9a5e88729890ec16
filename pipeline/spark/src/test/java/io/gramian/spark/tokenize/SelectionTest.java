package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SelectionTest {

  @Test
  void keepsAllWithoutAMaximum() {
    Selection selection = Selection.of(13, OptionalInt.empty());
    assertThat(selection.wanted()).isEqualTo(13);
    assertThat(chosen(selection))
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
  }

  @Test
  void keepsAllWhenThereAreFewer() {
    assertThat(Selection.of(3, OptionalInt.of(207)).wanted()).isEqualTo(3);
  }

  @Test
  void spacesEvenlyForEveryPairOfCounts() {
    for (int available = 1; available <= 60; available++) {
      for (int wanted = 1; wanted <= available; wanted++) {
        List<Long> expected = new ArrayList<>();
        for (long i = 0; i < wanted; i++) {
          expected.add(i * available / wanted);
        }
        assertThat(chosen(Selection.of(available, OptionalInt.of(wanted))))
            .as("%d of %d", wanted, available)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void reachesBothHalvesOfALargeCorpus() {
    Selection selection = Selection.of(5_000_000_000L, OptionalInt.of(2));
    assertThat(selection.number(0)).hasValue(0);
    assertThat(selection.number(2_500_000_000L)).hasValue(1);
    assertThat(selection.number(2_499_999_999L)).isEmpty();
    assertThat(selection.number(4_999_999_999L)).isEmpty();
  }

  /** Kept sequences in order; fails if they are not numbered 0, 1, 2, ... */
  private static List<Long> chosen(Selection selection) {
    List<Long> chosen = new ArrayList<>();
    for (long sequence = 0; sequence < selection.available(); sequence++) {
      if (selection.number(sequence).isPresent()) {
        assertThat(selection.number(sequence)).hasValue(chosen.size());
        chosen.add(sequence);
      }
    }
    return chosen;
  }
}
