package io.gramian.edge.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Byte pair encoding: a word to ids. Threads may share it.
 *
 * <p>Characters that the vocabulary lacks become the tokens of their UTF-8 bytes, if the model
 * falls back to those and has them all; otherwise the unknown token; without one they are dropped.
 */
final class BpeModel {

  /** What the model does besides merging; {@code unknown} is {@link Vocabulary#ABSENT} for none. */
  record Options(int unknown, boolean fuseUnknown, boolean byteFallback, boolean ignoreMerges) {}

  private static final int BYTES = 256;

  private final Vocabulary vocabulary;
  private final MergeTable merges;
  private final Options options;
  private final int[] idsOfCodePoints;
  private final int[] idsOfBytes = new int[BYTES];
  private final WordCache cache = new WordCache();

  BpeModel(Vocabulary vocabulary, MergeTable merges, Options options) {
    this.vocabulary = vocabulary;
    this.merges = merges;
    this.options = options;
    idsOfCodePoints = vocabulary.idsOfCodePoints();
    for (int value = 0; value < BYTES; value++) {
      idsOfBytes[value] =
          options.byteFallback ? vocabulary.id(ByteToken.of(value)) : Vocabulary.ABSENT;
    }
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /**
   * Adds the ids of {@code word}. Cost: O(n log n) for n characters, less for a word met before.
   */
  void encode(String word, Ids ids) {
    int[] known = cache.get(word);
    if (known == WordCache.ABSENT) {
      known = encode(word);
      cache.put(word, known);
    }
    ids.addAll(known);
  }

  private int[] encode(String word) {
    int whole = options.ignoreMerges ? vocabulary.id(word) : Vocabulary.ABSENT;
    return whole == Vocabulary.ABSENT ? WordMerger.merge(merges, symbols(word)) : new int[] {whole};
  }

  private int[] symbols(String word) {
    Ids symbols = new Ids(word.length());
    boolean unknown = false;
    for (int i = 0; i < word.length(); i += Character.charCount(word.codePointAt(i))) {
      int codePoint = word.codePointAt(i);
      int id = idOf(codePoint);
      if (id == Vocabulary.ABSENT && addBytes(codePoint, symbols)) {
        continue;
      }
      boolean wanting = id == Vocabulary.ABSENT;
      // An unknown token is held back, since one may stand for all unknown characters in a row.
      if (unknown && !(wanting && options.fuseUnknown)) {
        symbols.add(options.unknown);
      }
      unknown = wanting && options.unknown != Vocabulary.ABSENT;
      if (!wanting) {
        symbols.add(id);
      }
    }
    if (unknown) {
      symbols.add(options.unknown);
    }
    return symbols.toArray();
  }

  private int idOf(int codePoint) {
    return codePoint < idsOfCodePoints.length ? idsOfCodePoints[codePoint] : Vocabulary.ABSENT;
  }

  /** Adds the tokens of the character's bytes, if there is one for each. */
  private boolean addBytes(int codePoint, Ids symbols) {
    if (!options.byteFallback) {
      return false;
    }
    byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    for (byte value : bytes) {
      if (idsOfBytes[value & 0xFF] == Vocabulary.ABSENT) {
        return false;
      }
    }
    for (byte value : bytes) {
      symbols.add(idsOfBytes[value & 0xFF]);
    }
    return true;
  }
}
