package io.gramian.edge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WordMergerTest {

  private record Merge(int left, int right, int product) {}

  @Test
  void mergesWhatPlainScanningMerges() {
    for (long seed = 1; seed <= 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<Merge> merges = merges(random);
      int[] word = random.ints(random.nextInt(40), 0, 4).toArray();

      assertThat(WordMerger.merge(table(merges), word.clone()))
          .as("seed %d", seed)
          .containsExactly(scanned(merges, word));
    }
  }

  @Test
  void aMillionSymbolsTakeSeconds() {
    MergeTable table = new MergeTable(20);
    for (int id = 0; id < 20; id++) {
      table.add(id, id, id + 1);
    }
    long start = System.nanoTime();
    assertThat(WordMerger.merge(table, new int[1 << 20])).containsExactly(20);
    // Quadratic time would take hours.
    assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
  }

  @Test
  void thePairThatComesAgainHasItsLastRank() {
    MergeTable table = new MergeTable(3);
    table.add(0, 1, 5);
    table.add(1, 2, 6);
    table.add(0, 1, 7);

    assertThat(table.rank(0, 1)).isEqualTo(2);
    assertThat(table.rank(2, 1)).isEqualTo(MergeTable.NONE);
    assertThat(WordMerger.merge(table, new int[] {0, 1, 2})).containsExactly(0, 6);
    assertThat(WordMerger.merge(table, new int[] {0, 1})).containsExactly(7);
  }

  private static List<Merge> merges(SplittableRandom random) {
    List<Merge> merges = new ArrayList<>();
    Set<List<Integer>> pairs = new HashSet<>();
    for (int product = 4; product < 20; product++) {
      int left = random.nextInt(product);
      int right = random.nextInt(product);
      if (pairs.add(List.of(left, right))) {
        merges.add(new Merge(left, right, product));
      }
    }
    return merges;
  }

  private static MergeTable table(List<Merge> merges) {
    MergeTable table = new MergeTable(merges.size());
    merges.forEach(merge -> table.add(merge.left, merge.right, merge.product));
    return table;
  }

  /** Again and again the leftmost pair of the lowest rank. */
  private static Integer[] scanned(List<Merge> merges, int[] word) {
    List<Integer> symbols = new ArrayList<>();
    for (int symbol : word) {
      symbols.add(symbol);
    }
    boolean merged = true;
    while (merged) {
      merged = mergeOne(merges, symbols);
    }
    return symbols.toArray(Integer[]::new);
  }

  private static boolean mergeOne(List<Merge> merges, List<Integer> symbols) {
    for (Merge merge : merges) {
      for (int i = 0; i + 1 < symbols.size(); i++) {
        if (symbols.get(i) == merge.left && symbols.get(i + 1) == merge.right) {
          symbols.remove(i + 1);
          symbols.set(i, merge.product);
          return true;
        }
      }
    }
    return false;
  }
}
