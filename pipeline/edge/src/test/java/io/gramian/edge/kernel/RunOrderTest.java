package io.gramian.edge.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.gramian.checkpoint.packed.ColumnGroup;
import io.gramian.checkpoint.packed.ColumnGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunOrderTest {

  @Test
  void headsTakeTurns() {
    assertThat(starts(RunOrder.of(List.of(16, 16, 16), 16))).containsExactly(0, 16, 32, 8, 24, 40);
  }

  @Test
  void runsOfOtherLengthsStandByThemselves() {
    assertThat(starts(RunOrder.of(List.of(10, 10, 12), 128))).containsExactly(0, 10, 8, 18, 20, 28);
  }

  @Test
  void aSingleRunStaysAsItIsInChunksOfWholeGroups() {
    List<RunOrder.Chunk> chunks = RunOrder.of(List.of(300), 64);
    assertThat(chunks)
        .extracting(chunk -> chunk.groups())
        .containsExactly(List.of(0, 1), List.of(2, 3), List.of(4));
    assertThat(starts(chunks)).isSorted().hasSize(38);
  }

  @Test
  void whatNoWidthShortensIsOneChunk() {
    assertThat(RunOrder.fixed(300, 64)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void everyChannelHasOnePlaceAndItsOwnGroup(long seed) {
    Random random = new Random(seed);
    List<Integer> runs = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      runs.add(
          runs.isEmpty() || random.nextBoolean() ? 2 + 2 * random.nextInt(40) : runs.get(i - 1));
    }
    int largest = 2 + 2 * random.nextInt(30);
    List<ColumnGroup> groups = new ColumnGroups(runs, largest).list();
    TreeSet<Integer> channels = new TreeSet<>();
    for (RunOrder.Chunk chunk : RunOrder.of(runs, largest)) {
      for (RunOrder.Block block : chunk.blocks()) {
        ColumnGroup group = groups.get(block.group());
        assertThat(chunk.groups()).as("seed %d", seed).contains(block.group());
        assertThat(block.count()).isBetween(1, RunOrder.BLOCK);
        assertThat(block.first()).isGreaterThanOrEqualTo(group.from());
        assertThat(block.first() + block.count()).isLessThanOrEqualTo(group.to());
        for (int i = 0; i < block.count(); i++) {
          assertThat(channels.add(block.first() + i)).as("seed %d, %s", seed, block).isTrue();
        }
      }
    }
    int all = runs.stream().mapToInt(Integer::intValue).sum();
    assertThat(channels).hasSize(all);
    assertThat(channels.last()).isEqualTo(all - 1);
  }

  /** A width that keeps whole blocks of equal heads keeps a prefix of the order. */
  @Test
  void aWidthIsAPrefix() {
    List<Integer> starts = starts(RunOrder.of(List.of(64, 64, 64), 64));
    for (int kept = 8; kept <= 64; kept += 8) {
      int width = kept;
      assertThat(starts.subList(0, 3 * kept / 8)).allMatch(start -> start % 64 < width);
    }
  }

  private static List<Integer> starts(List<RunOrder.Chunk> chunks) {
    return chunks.stream()
        .flatMap(chunk -> chunk.blocks().stream())
        .map(RunOrder.Block::first)
        .toList();
  }
}
