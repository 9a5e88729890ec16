package io.gramian.edge.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.edge.kernel.RowSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every row is somebody's, whatever the spans and the team. */
class SharedSpansTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyRowIsOneWorkers(long seed) {
    Random random = new Random(seed);
    List<RowSpan> spans = new ArrayList<>();
    int place = 0;
    int output = 0;
    for (int i = 0; i < 1 + random.nextInt(9); i++) {
      place += random.nextInt(20);
      int rows = 1 + random.nextInt(40);
      spans.add(new RowSpan(place, place + rows, output));
      place += rows;
      output += rows;
    }
    for (int workers = 1; workers < 7; workers++) {
      RowSpan[][] shares = SharedSpans.of(spans, workers);
      List<Integer> outputs = new ArrayList<>();
      int largest = 0;
      for (RowSpan[] share : shares) {
        int own = 0;
        for (RowSpan span : share) {
          own += span.rows();
          for (int row = 0; row < span.rows(); row++) {
            outputs.add(span.output() + row);
          }
        }
        largest = Math.max(largest, own);
      }
      assertThat(shares).hasNumberOfRows(workers);
      assertThat(outputs)
          .as("seed %d, %d workers", seed, workers)
          .hasSize(output)
          .isSorted()
          .doesNotHaveDuplicates();
      assertThat(largest).isLessThanOrEqualTo((output + workers - 1) / workers);
    }
  }
}
