package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CutterTest {

  private static final long SEED = 13;

  @Test
  void packingIsCuttingTheJoinedStream() {
    Random random = new Random(SEED);
    for (int length : new int[] {2, 7, 13, 207}) {
      List<int[]> documents = documents(random, 40);
      int[] stream = documents.stream().flatMapToInt(Arrays::stream).toArray();
      List<List<Integer>> expected = new ArrayList<>();
      for (int start = 0; start + length <= stream.length; start += length) {
        expected.add(list(Arrays.copyOfRange(stream, start, start + length)));
      }
      assertThat(cut(Packing.PACK, documents, length, random))
          .as("seed %d, length %d", SEED, length)
          .isEqualTo(expected);
    }
  }

  @Test
  void splittingCutsEachDocument() {
    Random random = new Random(SEED);
    for (int length : new int[] {2, 7, 13, 207}) {
      List<int[]> documents = documents(random, 40);
      List<List<Integer>> expected = new ArrayList<>();
      for (int[] document : documents) {
        for (int start = 0; start < document.length; start += length) {
          int end = Math.min(document.length, start + length);
          expected.add(list(Arrays.copyOfRange(document, start, end)));
        }
      }
      assertThat(cut(Packing.SPLIT, documents, length, random))
          .as("seed %d, length %d", SEED, length)
          .isEqualTo(expected);
    }
  }

  @Test
  void aDocumentAsLongAsASequenceLeavesNothing() {
    List<int[]> document = List.of(new int[] {1, 2, 3});
    Random random = new Random(SEED);
    assertThat(cut(Packing.PACK, document, 3, random)).containsExactly(List.of(1, 2, 3));
    assertThat(cut(Packing.SPLIT, document, 3, random)).containsExactly(List.of(1, 2, 3));
  }

  @Test
  void tallyStopsAtTheFirstTrouble() {
    List<TokenizedDocument> documents =
        List.of(
            new TokenizedDocument.Tokens(new int[5]),
            new TokenizedDocument.Trouble("first"),
            new TokenizedDocument.Trouble("second"));

    Tally tally = Tally.of(documents.iterator(), Packing.SPLIT, 2);

    assertThat(tally).isEqualTo(new Tally(1, 5, 3, List.of("first")));
    assertThat(Tally.NOTHING.plus(tally).plus(tally))
        .isEqualTo(new Tally(2, 10, 6, List.of("first")));
  }

  /** Cuts in partitions of random sizes, as the job does, and joins by key. */
  private static List<List<Integer>> cut(
      Packing packing, List<int[]> documents, int length, Random random) {
    long extent = documents.stream().mapToLong(d -> packing.extent(d.length, length)).sum();
    Selection all = Selection.of(packing.sequences(extent, length), OptionalInt.empty());
    TreeMap<PieceKey, int[]> pieces = new TreeMap<>();
    long start = 0;
    for (int from = 0; from < documents.size(); ) {
      int to = Math.min(documents.size(), from + random.nextInt(5));
      List<TokenizedDocument> partition = new ArrayList<>();
      documents.subList(from, to).forEach(ids -> partition.add(new TokenizedDocument.Tokens(ids)));
      new Cutter(packing, length, start)
          .pieces(partition.iterator(), all)
          .forEachRemaining(piece -> pieces.put(piece.key(), piece.ids()));
      start += Tally.of(partition.iterator(), packing, length).extent();
      from = to;
    }
    TreeMap<Long, List<Integer>> sequences = new TreeMap<>();
    pieces.forEach(
        (key, ids) -> {
          List<Integer> sequence =
              sequences.computeIfAbsent(key.sequence(), s -> new ArrayList<>());
          assertThat(key.offset()).isEqualTo(sequence.size());
          sequence.addAll(list(ids));
        });
    return List.copyOf(sequences.values());
  }

  private static List<int[]> documents(Random random, int count) {
    List<int[]> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      documents.add(random.ints(1 + random.nextInt(i % 3 == 0 ? 400 : 5), 0, 4096).toArray());
    }
    return documents;
  }

  private static List<Integer> list(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }
}
