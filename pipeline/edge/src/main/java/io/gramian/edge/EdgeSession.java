package io.gramian.edge;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.decode.Decoder;
import io.gramian.model.KeepRatio;
import java.util.Collection;
import java.util.Locale;

/**
 * One text on a device: its caches, and the width at which its next token is computed. For one
 * thread at a time.
 *
 * <p><strong>Changing the width.</strong> Caches are kept, never rebuilt. What a token left in them
 * was computed at the width of its time, and stays what it was: a wider model's keys, values and
 * states contain the narrower one's as their first channels, so narrowing reads prefixes. Widening
 * again needs channels that narrow tokens never computed; a narrower model is the wide one with
 * these channels held at zero (values: at their bias), so that is what the caches hold of them, and
 * a state that nothing entered has only decayed. The text continues as if each token had been read
 * at its own width. Only a text that is to be what the new width alone would have made of it must
 * be read again: {@link #reset} and append.
 */
public final class EdgeSession {

  private final Decoder decoder;
  private final Widths widths;
  private final KeepRatio widest;
  private KeepRatio ratio;

  EdgeSession(Decoder decoder, Widths widths, KeepRatio widest) {
    this.decoder = decoder;
    this.widths = widths;
    this.widest = widest;
    this.ratio = widest;
    decoder.use(widths.at(widest));
  }

  /** Tokens that the model knows: ids go from 0 to one less. */
  public int vocabularySize() {
    return widths.vocabularySize();
  }

  /** The width of the tokens that come next. */
  public KeepRatio keepRatio() {
    return ratio;
  }

  /**
   * Sets the width of the tokens that come next. Only extents change: nothing is copied or
   * quantised again. They are worked out the first time that a width is set, and remembered for the
   * last few.
   *
   * @throws UserException if it is wider than the session's widest, or the model has no such width
   */
  public void setKeepRatio(KeepRatio next) {
    if (next.compareTo(widest) > 0) {
      throw new UserException(
          "keep ratio "
              + next
              + ": the session's caches were made for at most "
              + widest
              + "; open a wider session");
    }
    decoder.use(widths.at(next));
    ratio = next;
  }

  /**
   * Works out the extents of some widths, so that to set one of them only takes them. Those that
   * are wider than the session's widest are left out. Up to {@value
   * io.gramian.edge.decode.Decoder#REMEMBERED} widths are remembered.
   *
   * @throws UserException if the model has no such width
   */
  public void prepare(Collection<KeepRatio> ratios) {
    for (KeepRatio one : ratios) {
      if (one.compareTo(widest) <= 0) {
        decoder.prepare(widths.at(one));
      }
    }
  }

  /** Tokens read so far. */
  public int position() {
    return decoder.position();
  }

  /** Tokens that there is room for. */
  public int capacity() {
    return decoder.capacity();
  }

  /**
   * Reads tokens.
   *
   * @param tokens at least one
   * @return the logits of the token behind the last one, {@code [vocabulary]}; overwritten by the
   *     next call
   * @throws UserException if there is no room for them, or one is not of the model's vocabulary
   */
  public float[] append(int... tokens) {
    requireKnown(tokens);
    if (tokens.length > capacity() - position()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%d tokens behind %d, but the session has room for %d: open a longer one",
              tokens.length,
              position(),
              capacity()));
    }
    return decoder.append(tokens, 0, tokens.length);
  }

  private void requireKnown(int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= vocabularySize()) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "token %d, but the model knows 0 to %d: its tokenizer.json is another model's",
                token,
                vocabularySize() - 1));
      }
    }
  }

  /** Forgets the text; keeps the width. */
  public void reset() {
    decoder.reset();
  }

  /** Bytes of keys, values and states. */
  public long cacheBytes() {
    return decoder.cacheBytes();
  }

  /** Bytes that a pass computes in, beside weights and caches. */
  public long workspaceBytes() {
    return decoder.workspaceBytes();
  }
}
