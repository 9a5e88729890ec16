package io.gramian.spark.wave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.spark.hidden.MicroShard;
import io.gramian.spark.tokenize.CalibrationSet;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardSetIT {

  @TempDir private Path folder;

  /** Ten sequences of up to 600 tokens: three a shard. */
  @Test
  void theCutDependsOnTheDataOnly() throws IOException {
    List<int[]> sequences =
        CalibrationFolder.random(1, 97, 600, 1, 13, 207, 513, 2, 3, 600, 599, 31);
    CalibrationSet set = CalibrationFolder.write(folder.resolve("set"), sequences);
    Map<Integer, String> once = shards(ShardSet.of(set, 1));
    assertThat(once.keySet()).containsExactly(0, 1, 2, 3);
    assertThat(shards(ShardSet.of(set, 3))).isEqualTo(once);
    assertThat(shards(ShardSet.of(set, 64))).isEqualTo(once);
    for (int shard = 0; shard < 4; shard++) {
      List<int[]> expected = sequences.subList(3 * shard, Math.min(10, 3 * shard + 3));
      assertThat(once.get(shard)).isEqualTo(text(MicroShard.of(shard, 3L * shard, expected)));
    }
  }

  @Test
  void partitionsFollowTheParallelismAndAreEven() throws IOException {
    int[] lengths = new int[13];
    Arrays.fill(lengths, 2000);
    CalibrationSet set =
        CalibrationFolder.write(folder.resolve("set"), CalibrationFolder.random(2, 97, lengths));
    ShardSet shards = ShardSet.of(set, 2);
    assertThat(shards.count()).isEqualTo(13);
    assertThat(shards.tokens()).isEqualTo(26_000);
    assertThat(shards.sequenceLength()).isEqualTo(2000);
    assertThat(shards.rdd().glom().map(List::size).collect()).containsExactly(4, 3, 3, 3);
    assertThat(shards.first(4).rdd().glom().map(List::size).collect()).containsExactly(1, 1, 1, 1);
    assertThat(shards.first(6).rdd().glom().map(List::size).collect()).containsExactly(2, 1, 2, 1);
    assertThat(ShardSet.of(set, 100).rdd().getNumPartitions()).isEqualTo(13);
  }

  @Test
  void theFirstShardsAreASample() throws IOException {
    CalibrationSet set =
        CalibrationFolder.write(
            folder.resolve("set"), CalibrationFolder.random(3, 97, 1500, 1500, 1500));
    ShardSet all = ShardSet.of(set, 2);
    assertThat(shards(all.first(2)).keySet()).containsExactly(0, 1);
    assertThat(all.first(2).count()).isEqualTo(2);
    assertThat(all.first(9).count()).isEqualTo(3);
  }

  @Test
  void tokensBeyondTheVocabularyAreRefused() throws IOException {
    CalibrationSet set =
        CalibrationFolder.write(folder.resolve("set"), List.of(new int[] {1, 97}, new int[] {3}));
    ShardSet shards = ShardSet.of(set, 1);
    shards.requireVocabulary(98);
    assertThatThrownBy(() -> shards.requireVocabulary(97))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "calibration set "
                + folder
                + "/set holds token 97, but the model's vocabulary has 97 tokens (0 to 96):"
                + " tokenize the text with this model's tokenizer");
  }

  private static Map<Integer, String> shards(ShardSet set) {
    Map<Integer, String> shards = new TreeMap<>();
    set.rdd()
        .collect()
        .forEach(shard -> assertThat(shards.put(shard.index(), text(shard))).isNull());
    return shards;
  }

  private static String text(MicroShard shard) {
    return shard.firstSequence()
        + " "
        + shard.positions()
        + Arrays.toString(shard.lengths())
        + Arrays.toString(shard.ids());
  }
}
