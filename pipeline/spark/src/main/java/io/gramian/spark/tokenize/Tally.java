package io.gramian.spark.tokenize;

import io.gramian.checkpoint.UserException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

/**
 * What a partition, or the whole corpus, holds.
 *
 * @param documents those with at least one token
 * @param tokens with one prefix token a document
 * @param extent see {@link Packing#extent}
 * @param troubles the first trouble, if any
 */
record Tally(long documents, long tokens, long extent, List<String> troubles)
    implements Serializable {

  static final Tally NOTHING = new Tally(0, 0, 0, List.of());

  static Tally of(Iterator<TokenizedDocument> partition, Packing packing, int length) {
    long documents = 0;
    long tokens = 0;
    long extent = 0;
    while (partition.hasNext()) {
      TokenizedDocument document = partition.next();
      if (document instanceof TokenizedDocument.Trouble trouble) {
        return new Tally(documents, tokens, extent, List.of(trouble.message()));
      }
      int count = ((TokenizedDocument.Tokens) document).ids().length;
      documents++;
      tokens += count;
      extent += packing.extent(count, length);
    }
    return new Tally(documents, tokens, extent, List.of());
  }

  /** This one and, after it in the corpus, another. */
  Tally plus(Tally next) {
    return new Tally(
        documents + next.documents,
        tokens + next.tokens,
        extent + next.extent,
        troubles.isEmpty() ? next.troubles : troubles);
  }

  /** Throws the first trouble of the corpus, if there was any. */
  void requireNoTrouble() {
    troubles.forEach(
        message -> {
          throw new UserException(message);
        });
  }
}
