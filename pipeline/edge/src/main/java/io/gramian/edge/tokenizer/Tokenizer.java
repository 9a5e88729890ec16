package io.gramian.edge.tokenizer;

import io.gramian.checkpoint.Directory;
import java.util.Arrays;
import java.util.List;

/**
 * Text to the ids of a model's tokens and back, as the {@code tokenizer.json} of its checkpoint
 * says it. Immutable apart from a bounded cache of words; threads may share it.
 *
 * <p>An unpaired surrogate, which no UTF-8 text can hold, counts as U+FFFD. Truncation and padding
 * of the file are for training and are left out.
 */
public final class Tokenizer {

  private final TextEncoder encoder;
  private final Template template;
  private final TokenTable tokens;
  private final List<DecodeStep.Factory> decoder;
  private final int[] endIds;

  private Tokenizer(TokenizerFolder folder) {
    Section root = folder.tokenizer();
    BpeModel model = BpeReader.read(root.section("model"));
    List<AddedToken> added = AddedToken.read(root, model.vocabulary());
    encoder = new TextEncoder(root, model, added);
    template = root.optional("post_processor").map(Template::read).orElseGet(Template::none);
    tokens = new TokenTable(model.vocabulary(), added);
    decoder = root.optional("decoder").map(DecoderReader::read).orElse(List.of(JoinStep::new));
    endIds = folder.endIds();
  }

  /**
   * Reads {@code tokenizer.json} of a checkpoint, and the end tokens of {@code
   * generation_config.json} or else {@code config.json} if they are there. Cost: a second or two
   * for 128,000 tokens, and 200 MB allocated meanwhile.
   *
   * @throws io.gramian.checkpoint.UserException if {@code tokenizer.json} is missing or damaged, or
   *     if it is of a kind that Gramian does not read: anything but byte pair encoding, and parts
   *     that no supported model family uses
   */
  public static Tokenizer read(Directory folder) {
    return new Tokenizer(new TokenizerFolder(folder));
  }

  /**
   * The ids of {@code text} with those that the model expects around it, for example a begin token.
   * Cost: O(n log n) for n characters at worst, O(n) for words met before.
   */
  public int[] encode(String text) {
    return template.around(encoder.encode(text));
  }

  /** The ids of {@code text} alone; added tokens that the text spells out become their ids too. */
  public int[] encodePlain(String text) {
    return encoder.encode(text).toArray();
  }

  /**
   * The text of {@code ids}, without special tokens; bytes that are no UTF-8 become U+FFFD.
   *
   * @throws io.gramian.checkpoint.UserException if the tokenizer has no such id
   */
  public String decode(int[] ids) {
    DecodeChain chain = new DecodeChain(decoder);
    for (int id : ids) {
      tokens.decode(id, chain);
    }
    return chain.takeAll();
  }

  /** A decoder for ids that come one after the other. */
  public TokenStream stream() {
    return new TokenStream(tokens, new DecodeChain(decoder));
  }

  /** Whether the model ends its text with {@code id}. */
  public boolean isEnd(int id) {
    return Arrays.binarySearch(endIds, id) >= 0;
  }

  /** One more than the highest id. A model may have more logits: its matrices are often padded. */
  public int size() {
    return tokens.size();
  }
}
