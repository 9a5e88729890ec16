package io.gramian.spark.hidden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TokenRunTest {

  @Test
  void whatFitsIsOneBatchWithARunASequence() {
    assertThat(TokenRun.batches(new int[] {13, 1, 207}, 221))
        .containsExactly(
            List.of(new TokenRun(0, 0, 13), new TokenRun(1, 0, 1), new TokenRun(2, 0, 207)));
  }

  @Test
  void longSequencesAreCut() {
    assertThat(TokenRun.batches(new int[] {3, 7}, 4))
        .containsExactly(
            List.of(new TokenRun(0, 0, 3), new TokenRun(1, 0, 1)),
            List.of(new TokenRun(1, 1, 4)),
            List.of(new TokenRun(1, 5, 2)));
  }
}
