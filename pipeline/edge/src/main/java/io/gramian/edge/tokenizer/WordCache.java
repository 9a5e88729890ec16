package io.gramian.edge.tokenizer;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The ids of words met before. Of words that share a slot the last one stays, so that the size is
 * bounded and threads need no lock.
 */
final class WordCache {

  static final int[] ABSENT = {};

  private static final int SLOTS = 1 << 13;
  private static final int LONGEST_WORD = 64;

  private final AtomicReferenceArray<Entry> slots = new AtomicReferenceArray<>(SLOTS);

  /** The ids of {@code word}, not to be changed; {@link #ABSENT} itself if they are not known. */
  int[] get(String word) {
    Entry entry = slots.get(slot(word));
    return entry != null && entry.word.equals(word) ? entry.ids : ABSENT;
  }

  /** Keeps the ids of a word, unless it is so long that it will hardly come again. */
  void put(String word, int[] ids) {
    if (word.length() <= LONGEST_WORD) {
      slots.set(slot(word), new Entry(word, ids));
    }
  }

  private static int slot(String word) {
    int hash = word.hashCode();
    return (hash ^ (hash >>> 16)) & (SLOTS - 1);
  }

  private static final class Entry {

    private final String word;
    private final int[] ids;

    Entry(String word, int[] ids) {
      this.word = word;
      this.ids = ids;
    }
  }
}
