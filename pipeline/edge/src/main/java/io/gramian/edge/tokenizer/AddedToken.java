package io.gramian.edge.tokenizer;

import java.util.List;

/**
 * A token that is cut out of the text before anything else.
 *
 * @param id its id
 * @param content what the text says
 * @param special whether decoding leaves it out
 * @param rules where it matches and what it takes along
 */
record AddedToken(int id, String content, boolean special, Rules rules) {

  private static final String KEY = "added_tokens";

  /**
   * Where a token matches.
   *
   * @param word only where no word continues on either side
   * @param left takes the white space before it along
   * @param right takes the white space after it along
   * @param normalized matches the normalised text in its own normalised spelling
   */
  record Rules(boolean word, boolean left, boolean right, boolean normalized) {}

  /**
   * Reads the part {@code added_tokens} of {@code tokenizer.json}. A token that the model has as
   * well keeps the model's id, as in the reference library.
   */
  static List<AddedToken> read(Section root, Vocabulary vocabulary) {
    return root.has(KEY)
        ? root.sections(KEY).stream().map(section -> of(section, vocabulary)).toList()
        : List.of();
  }

  private static AddedToken of(Section section, Vocabulary vocabulary) {
    String content = section.text("content");
    boolean special = section.flag("special", false);
    int own = section.id("id");
    int id = vocabulary.id(content);
    return new AddedToken(
        id == Vocabulary.ABSENT ? own : id,
        content,
        special,
        new Rules(
            section.flag("single_word", false),
            section.flag("lstrip", false),
            section.flag("rstrip", false),
            section.flag("normalized", !special)));
  }
}
