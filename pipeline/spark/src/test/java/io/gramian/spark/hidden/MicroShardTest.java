package io.gramian.spark.hidden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MicroShardTest {

  @Test
  void shorterSequencesArePaddedAtTheirEnd() {
    MicroShard shard =
        MicroShard.of(3, 24, List.of(new int[] {7, 8}, new int[] {1, 2, 3}, new int[] {9}));
    assertThat(shard.index()).isEqualTo(3);
    assertThat(shard.firstSequence()).isEqualTo(24);
    assertThat(shard.sequences()).isEqualTo(3);
    assertThat(shard.positions()).isEqualTo(3);
    assertThat(shard.lengths()).containsExactly(2, 3, 1);
    assertThat(shard.ids()).containsExactly(7, 8, 0, 1, 2, 3, 9, 0, 0);
    assertThat(shard.row(1)).containsExactly(1, 2, 3);
  }

  @Test
  void aShardAimsAtTwoThousandTokens() {
    assertThat(MicroShard.sequencesPerShard(1)).isEqualTo(2048);
    assertThat(MicroShard.sequencesPerShard(256)).isEqualTo(8);
    assertThat(MicroShard.sequencesPerShard(600)).isEqualTo(3);
    assertThat(MicroShard.sequencesPerShard(5000)).isEqualTo(1);
  }
}
