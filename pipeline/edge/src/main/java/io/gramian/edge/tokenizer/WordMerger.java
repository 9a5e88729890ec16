package io.gramian.edge.tokenizer;

/**
 * Merges the symbols of one word: always the pair of the lowest rank, of equal ones the leftmost.
 *
 * <p>The symbols are a linked list over arrays; a heap holds the pairs that were adjacent at some
 * time, and those that no longer are fall away when they come up. Cost: O(n log n) for n symbols.
 */
final class WordMerger {

  private static final int END = -1;
  private static final int MERGED = -1;

  private final MergeTable merges;
  private final int[] ids;
  private final int[] previous;
  private final int[] next;
  private final LongHeap pairs;

  private WordMerger(MergeTable merges, int[] symbols) {
    this.merges = merges;
    int size = symbols.length;
    ids = symbols;
    previous = new int[size];
    next = new int[size];
    pairs = new LongHeap(size);
    for (int i = 0; i < size; i++) {
      previous[i] = i - 1;
      next[i] = i + 1 < size ? i + 1 : END;
    }
  }

  /** The ids that remain; {@code symbols} serve as memory and are lost. */
  static int[] merge(MergeTable merges, int[] symbols) {
    return symbols.length < 2 ? symbols : new WordMerger(merges, symbols).run();
  }

  private int[] run() {
    for (int i = 0; i != END; i = next[i]) {
      offer(i);
    }
    while (!pairs.isEmpty()) {
      long pair = pairs.pop();
      mergeAt((int) pair, (int) (pair >>> Integer.SIZE));
    }
    return remaining();
  }

  /** Puts the pair that begins at {@code left} in the heap, if there is a merge for it. */
  private void offer(int left) {
    if (left == END || next[left] == END) {
      return;
    }
    int rank = merges.rank(ids[left], ids[next[left]]);
    if (rank != MergeTable.NONE) {
      pairs.push(((long) rank << Integer.SIZE) | left);
    }
  }

  private void mergeAt(int left, int rank) {
    if (ids[left] == MERGED || next[left] == END) {
      return;
    }
    int right = next[left];
    int current = merges.rank(ids[left], ids[right]);
    // An outdated entry whose place now makes the same token counts, as in the reference library.
    if (current == MergeTable.NONE || merges.product(current) != merges.product(rank)) {
      return;
    }
    ids[left] = merges.product(rank);
    ids[right] = MERGED;
    next[left] = next[right];
    if (next[right] != END) {
      previous[next[right]] = left;
    }
    offer(previous[left]);
    offer(left);
  }

  private int[] remaining() {
    Ids remaining = new Ids(ids.length);
    for (int i = 0; i != END; i = next[i]) {
      remaining.add(ids[i]);
    }
    return remaining.toArray();
  }
}
