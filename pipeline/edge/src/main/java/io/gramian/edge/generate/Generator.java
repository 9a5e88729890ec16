package io.gramian.edge.generate;

import io.gramian.checkpoint.UserException;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.sampling.Sampler;
import io.gramian.edge.tokenizer.TokenStream;
import io.gramian.edge.tokenizer.Tokenizer;
import io.gramian.model.KeepRatio;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Goes on with a prompt, token by token. Per token it allocates the text and a place in the list of
 * ids. For one thread at a time.
 */
public final class Generator {

  private final EdgeSession session;
  private final Tokenizer tokenizer;
  private final GeneratorSettings settings;
  private final Sampler sampler;
  private final LongSupplier clock;

  /** Text is read and written in {@code session}, which may hold some already. */
  public Generator(EdgeSession session, Tokenizer tokenizer, GeneratorSettings settings) {
    this.session = session;
    this.tokenizer = tokenizer;
    this.settings = settings;
    this.sampler = settings.sampler();
    this.clock = settings.clock();
    session.prepare(settings.widths().ratios());
  }

  /**
   * Goes on with a text that begins here: with the tokens that the model expects around it.
   *
   * @see #generate(int[], Consumer)
   */
  public Generation generate(String prompt, Consumer<String> pieces) {
    return generate(tokenizer.encode(prompt), pieces);
  }

  /**
   * Reads the prompt behind what the session has read, in passes of the session's batch, then makes
   * a token a pass. The last token is not read: append it before going on in the same session.
   *
   * @param pieces gets the text as it comes; only whole characters, no empty piece
   * @throws UserException if the prompt is empty or the session has no room for it, if its tokens
   *     are none of the model's, or if the model's weights are damaged
   */
  public Generation generate(int[] prompt, Consumer<String> pieces) {
    if (prompt.length == 0) {
      throw new UserException("the prompt has no tokens: give at least a word");
    }
    Answer answer = new Answer(behind(prompt), pieces);
    int[] last = {0};
    long start = clock.getAsLong();
    last[0] = sampler.next(session.append(prompt));
    answer.promptTook(clock.getAsLong() - start);
    long took = 0;
    Optional<EndReason> end = take(last[0], answer);
    while (end.isEmpty()) {
      start = clock.getAsLong();
      setWidth(took);
      last[0] = sampler.next(session.append(last));
      took = clock.getAsLong() - start;
      answer.passTook(took);
      end = take(last[0], answer);
    }
    return answer.end(end.get());
  }

  /**
   * Some decoders treat a text's first token otherwise, and a prompt may end within a character.
   */
  private TokenStream behind(int[] prompt) {
    TokenStream stream = tokenizer.stream();
    for (int id : prompt) {
      stream.next(id);
    }
    return stream;
  }

  /** Adds a token, unless it is an end token; returns whether the text ends with it, and why. */
  private Optional<EndReason> take(int id, Answer answer) {
    if (tokenizer.isEnd(id)) {
      return Optional.of(EndReason.END_TOKEN);
    }
    answer.add(id);
    if (answer.size() == settings.maxTokens()) {
      return Optional.of(EndReason.LIMIT);
    }
    return session.position() == session.capacity()
        ? Optional.of(EndReason.ROOM)
        : Optional.empty();
  }

  private void setWidth(long lastTokenNanos) {
    KeepRatio current = session.keepRatio();
    KeepRatio next =
        settings
            .widths()
            .next(current, new WidthPolicy.Observation(session.position(), lastTokenNanos));
    if (!next.equals(current)) {
      session.setKeepRatio(next);
    }
  }
}
