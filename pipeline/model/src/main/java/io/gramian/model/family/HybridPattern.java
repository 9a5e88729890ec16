package io.gramian.model.family;

import io.gramian.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads which mixer each layer of a Nemotron-H has: {@code hybrid_override_pattern}, one character
 * a layer, or {@code layers_block_type}, the list of words that newer files hold and that goes
 * first where both are there.
 */
final class HybridPattern {

  private static final String PATTERN = "hybrid_override_pattern";
  private static final String WORDS = "layers_block_type";
  private static final String LAYERS = "num_hidden_layers";

  private HybridPattern() {}

  /** What a layer can be. */
  enum Kind {
    STATE_SPACE,
    ATTENTION,
    MLP
  }

  /**
   * The kind of every layer.
   *
   * @throws UserException for a kind that does not exist, for a mixture of experts, and where there
   *     are not {@code num_hidden_layers} of them (newer files leave that key out)
   */
  static List<Kind> read(CheckedConfig config) {
    boolean words = config.file().has(WORDS);
    List<String> names =
        words
            ? config.file().strings(WORDS)
            : config
                .file()
                .requireString(PATTERN)
                .codePoints()
                .mapToObj(Character::toString)
                .toList();
    String key = words ? WORDS : PATTERN;
    List<Kind> kinds = new ArrayList<>();
    for (String name : names) {
      kinds.add(words ? ofWord(config, name, kinds.size()) : ofLetter(config, name, kinds.size()));
    }
    if (kinds.isEmpty()) {
      throw config.refusal("%s holds no layer", key);
    }
    if (config.file().has(LAYERS) && config.layers() != kinds.size()) {
      throw config.refusal(
          "%s has %d layers, but %s is %d: they must be as many",
          key, kinds.size(), LAYERS, config.layers());
    }
    return List.copyOf(kinds);
  }

  private static Kind ofLetter(CheckedConfig config, String letter, int layer) {
    return switch (letter) {
      case "M" -> Kind.STATE_SPACE;
      case "*" -> Kind.ATTENTION;
      case "-" -> Kind.MLP;
      case "E" -> throw experts(config, PATTERN, letter, layer);
      default ->
          throw config.refusal(
              "%s holds \"%s\" for layer %d: only M, * and - are supported",
              PATTERN, letter, layer);
    };
  }

  private static Kind ofWord(CheckedConfig config, String word, int layer) {
    return switch (word) {
      case "mamba", "linear_attention" -> Kind.STATE_SPACE;
      case "attention", "full_attention" -> Kind.ATTENTION;
      case "mlp" -> Kind.MLP;
      case "moe" -> throw experts(config, WORDS, word, layer);
      default ->
          throw config.refusal(
              "%s holds \"%s\" for layer %d: only mamba, linear_attention, attention,"
                  + " full_attention and mlp are supported",
              WORDS, word, layer);
    };
  }

  private static UserException experts(CheckedConfig config, String key, String name, int layer) {
    return config.refusal(
        "%s holds \"%s\" for layer %d, a mixture of experts, which Gramian does not compress",
        key, name, layer);
  }
}
