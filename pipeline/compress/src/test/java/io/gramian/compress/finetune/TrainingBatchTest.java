package io.gramian.compress.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrainingBatchTest {

  @Test
  void countsWhatIsPredicted() {
    TrainingBatch batch = TrainingBatch.of(List.of(new int[] {5}, new int[] {6, 7, 8}));
    assertThat(batch.size()).isEqualTo(2);
    assertThat(batch.predictions()).isEqualTo(2);
  }

  @Test
  void placesAndTokensMustBeThere() {
    List<int[]> one = List.of(new int[] {5});
    assertThatThrownBy(() -> TrainingBatch.of(one, List.of(1L, 2L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("1 sequences at 2 places");
    assertThatThrownBy(() -> TrainingBatch.of(List.of(new int[0])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a sequence without a token");
  }

  @Test
  void paddedSequencesPredictTheirOwnTokensOnly() {
    TrainingBatch batch =
        TrainingBatch.of(
            List.of(new int[] {1, 2, 3}, new int[] {4}, new int[] {5, 6}), List.of(9L, 8L, 7L));
    List<MicroBatch> parts = MicroBatch.split(batch);
    assertThat(parts).hasSize(1);
    MicroBatch part = parts.get(0);
    assertThat(part.places()).containsExactly(8L, 7L, 9L);
    assertThat(part.ids()).containsExactly(4, 0, 0, 5, 6, 0, 1, 2, 3);
    assertThat(part.predictors()).containsExactly(3, 6, 7);
    assertThat(part.targets()).containsExactly(6, 2, 3);
  }

  /** Every sequence once, of like length together, at most 1024 positions or one sequence. */
  @Test
  void sequencesAreSplitByLength() {
    int[] lengths = {207, 1, 1500, 13, 600, 512, 512, 207};
    List<int[]> sequences = IntStream.of(lengths).mapToObj(n -> new int[n]).toList();
    List<MicroBatch> parts = MicroBatch.split(TrainingBatch.of(sequences));
    assertThat(parts).extracting(MicroBatch::sequences).containsExactly(4, 2, 1, 1);
    assertThat(parts).extracting(MicroBatch::positions).containsExactly(207, 512, 600, 1500);
    assertThat(MicroBatch.split(TrainingBatch.of(List.of()))).isEmpty();
  }
}
