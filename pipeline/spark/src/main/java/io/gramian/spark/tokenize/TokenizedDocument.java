package io.gramian.spark.tokenize;

import java.io.Serializable;

/**
 * What became of a document. Trouble travels as data rather than as an exception: Spark would retry
 * the task and bury the message, and which trouble is reported must not depend on which task was
 * first.
 */
sealed interface TokenizedDocument extends Serializable {

  /** A document's token ids, its prefix included; never empty. */
  final class Tokens implements TokenizedDocument {

    private static final long serialVersionUID = 1L;

    private final int[] ids;

    Tokens(int[] ids) {
      this.ids = ids;
    }

    int[] ids() {
      return ids;
    }
  }

  /** Why reading its split ended here, for the user. */
  record Trouble(String message) implements TokenizedDocument {}
}
