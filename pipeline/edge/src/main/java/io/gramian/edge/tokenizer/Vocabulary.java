package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The tokens of the model: text to id. */
final class Vocabulary {

  static final int ABSENT = -1;

  /** Far above any vocabulary; a damaged id must not ask for gigabytes. */
  static final int MAXIMUM_ID = (1 << 24) - 1;

  private final Map<String, Integer> ids;

  private Vocabulary(Map<String, Integer> ids) {
    this.ids = ids;
  }

  /** Reads {@code vocab} of the model. */
  static Vocabulary read(Section model) {
    JsonNode vocab = model.object("vocab");
    Map<String, Integer> ids = new HashMap<>(2 * vocab.size());
    for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
      ids.put(entry.getKey(), checkedId(model, "vocab", entry.getValue()));
    }
    return new Vocabulary(ids);
  }

  /** An id of the file's {@code key}, checked. */
  static int checkedId(Section section, String key, JsonNode id) {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() > MAXIMUM_ID) {
      throw section.wrong(
          key,
          "holds the id %s, where a whole number from 0 to %d is needed; fetch the file again"
              .formatted(id, MAXIMUM_ID));
    }
    return id.intValue();
  }

  /** The id of {@code token}, or {@link #ABSENT}. */
  int id(String token) {
    Integer id = ids.get(token);
    return id == null ? ABSENT : id;
  }

  int highestId() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(ABSENT);
  }

  /** Puts every token at its id. */
  void fill(String[] tokens) {
    ids.forEach((token, id) -> tokens[id] = token);
  }

  /** The ids of the tokens of one character, by its code point; {@link #ABSENT} elsewhere. */
  int[] idsOfCodePoints() {
    int[] result = new int[highestCodePoint() + 1];
    Arrays.fill(result, ABSENT);
    ids.forEach(
        (token, id) -> {
          if (isCharacter(token)) {
            result[token.codePointAt(0)] = id;
          }
        });
    return result;
  }

  private int highestCodePoint() {
    return ids.keySet().stream()
        .filter(Vocabulary::isCharacter)
        .mapToInt(token -> token.codePointAt(0))
        .max()
        .orElse(-1);
  }

  private static boolean isCharacter(String token) {
    return !token.isEmpty() && token.offsetByCodePoints(0, 1) == token.length();
  }
}
