package io.gramian.edge.tokenizer;

import io.gramian.checkpoint.UserException;
import java.util.BitSet;
import java.util.List;

/** Id to token, of the model and added ones. */
final class TokenTable {

  private static final String UNUSED = "";

  private final String[] tokens;
  private final BitSet special = new BitSet();
  private final BitSet used = new BitSet();

  TokenTable(Vocabulary vocabulary, List<AddedToken> added) {
    int highest = added.stream().mapToInt(AddedToken::id).reduce(vocabulary.highestId(), Math::max);
    tokens = new String[highest + 1];
    vocabulary.fill(tokens);
    for (AddedToken token : added) {
      tokens[token.id()] = token.content();
      special.set(token.id(), token.special());
    }
    for (int id = 0; id < tokens.length; id++) {
      used.set(id, tokens[id] != null);
      tokens[id] = used.get(id) ? tokens[id] : UNUSED;
    }
  }

  /** One more than the highest id. */
  int size() {
    return tokens.length;
  }

  /** Gives the token of {@code id} on, unless it is special or no token has the id. */
  void decode(int id, DecodeChain chain) {
    if (id < 0 || id >= tokens.length) {
      throw new UserException(
          "there is no token %d: the tokenizer has ids 0 to %d; ".formatted(id, tokens.length - 1)
              + "tokenizer.json and the model's weights must come from the same checkpoint");
    }
    if (used.get(id) && !special.get(id)) {
      chain.accept(tokens[id]);
    }
  }
}
