package io.gramian.edge.tokenizer;

/**
 * The text of ids that come one after the other, as a model yields them. Not for several threads.
 *
 * <p>All that {@link #next} and {@link #finish} return, one after the other, is what {@link
 * Tokenizer#decode} returns for the same ids. One exception: where tokens of single bytes make no
 * UTF-8, whole characters among them stand if they were already given out, while {@code decode}
 * replaces the row of them as the reference library does.
 */
public final class TokenStream {

  private final TokenTable tokens;
  private final DecodeChain chain;

  TokenStream(TokenTable tokens, DecodeChain chain) {
    this.tokens = tokens;
    this.chain = chain;
  }

  /**
   * The text that {@code id} completes: empty for a special token, or while a character lacks
   * bytes.
   *
   * @throws io.gramian.checkpoint.UserException if the tokenizer has no such id
   */
  public String next(int id) {
    tokens.decode(id, chain);
    return chain.takeSettled();
  }

  /** The text held back: U+FFFD if the ids end within a character, else mostly nothing. */
  public String finish() {
    return chain.takeAll();
  }
}
