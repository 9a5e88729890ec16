package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Rope;
import io.gramian.model.family.RopeFrequencies.Llama3Scaling;
import java.util.List;
import java.util.Locale;

/**
 * Reads a rotary embedding from {@code config.json}. Its scaling stands under {@code rope_scaling},
 * in newer files under {@code rope_parameters}, which then holds {@code rope_theta} as well; the
 * kind of scaling is {@code rope_type}, in older files {@code type}. Without either nothing is
 * scaled.
 */
final class RopeSettings {

  private static final String OLD_SECTION = "rope_scaling";
  private static final String NEW_SECTION = "rope_parameters";
  private static final String PARTIAL = "partial_rotary_factor";
  private static final String ROTARY_SIZE = "attn_rotary_emb";
  private static final String THETA = "rope_theta";
  private static final double DEFAULT_THETA = 10_000.0;

  private final HfConfig config;
  private final HfConfig section;
  private final String prefix;

  private RopeSettings(HfConfig config) {
    this.config = config;
    String key = config.has(OLD_SECTION) ? OLD_SECTION : NEW_SECTION;
    this.section = config.has(key) ? config.section(key) : HfConfig.parse(config.name(), "{}");
    this.prefix = key + ".";
  }

  /** The rotation of heads that rotate as a whole. */
  static Rope read(HfConfig config, int headSize) {
    RopeSettings settings = new RopeSettings(config);
    settings.requireWholeHeads(headSize);
    return settings.rope(headSize);
  }

  /**
   * The rotation of the first channels of every head: {@code partial_rotary_factor} of them, or in
   * older files {@code attn_rotary_emb}.
   *
   * @param absent the factor where the config has neither
   */
  static Rope readPartial(HfConfig config, int headSize, double absent) {
    RopeSettings settings = new RopeSettings(config);
    return settings.rope(settings.rotarySize(headSize, absent));
  }

  /** The base of the frequencies before any scaling. */
  static double theta(HfConfig config) {
    return new RopeSettings(config).theta();
  }

  private Rope rope(int rotarySize) {
    return new Rope(
        rotarySize, scaled(RopeFrequencies.unscaled(rotarySize, theta())), 1.0, List.of());
  }

  private int rotarySize(int headSize, double absent) {
    double partial = section.doubleOr(PARTIAL, config.doubleOr(PARTIAL, absent));
    boolean given = section.has(PARTIAL) || config.has(PARTIAL);
    int share = (int) (partial * headSize);
    int size = config.intOr(ROTARY_SIZE, share);
    if (given && size != share) {
      throw refusal(
          "%s is %d, but %s %s of head_dim %d is %d: they must agree",
          ROTARY_SIZE, size, PARTIAL, partial, headSize, share);
    }
    if (size < 2 || size > headSize || size % 2 != 0) {
      throw refusal(
          "%d of the %d channels of a head rotate: it must be an even number from 2 to all, because"
              + " they turn in pairs",
          size, headSize);
    }
    return size;
  }

  private void requireWholeHeads(int headSize) {
    double partial = section.doubleOr(PARTIAL, config.doubleOr(PARTIAL, 1.0));
    if (partial != 1.0) {
      throw refusal(
          PARTIAL + " is %s, but the heads of this model type rotate as a whole", partial);
    }
    if (headSize % 2 != 0) {
      throw refusal(
          "head_dim is %d, but rotary embedding needs an even one: it turns channels in pairs",
          headSize);
    }
  }

  private double theta() {
    if (section.has(THETA)) {
      return positive(THETA);
    }
    double theta = config.doubleOr(THETA, DEFAULT_THETA);
    requirePositive(THETA, theta);
    return theta;
  }

  private List<Double> scaled(List<Double> frequencies) {
    String type = type();
    return switch (type) {
      case "default" -> frequencies;
      case "linear" -> RopeFrequencies.linear(frequencies, positive("factor"));
      case "llama3" -> RopeFrequencies.llama3(frequencies, llama3());
      default ->
          throw refusal(
              "%srope_type \"%s\" is not supported: only default, linear and llama3 are",
              prefix, type);
    };
  }

  private String type() {
    if (section.has("full_attention") || section.has("sliding_attention")) {
      throw refusal(
          "%s holds one rotation for each kind of layer, but every layer of this model type rotates"
              + " alike",
          prefix.substring(0, prefix.length() - 1));
    }
    if (section.has("type") && !section.has("rope_type")) {
      return section.requireString("type");
    }
    return section.has("factor")
        ? section.requireString("rope_type")
        : section.stringOr("rope_type", "default");
  }

  private Llama3Scaling llama3() {
    double low = positive("low_freq_factor");
    double high = positive("high_freq_factor");
    if (low >= high) {
      throw refusal(
          "%slow_freq_factor is %s: it must be less than high_freq_factor, which is %s",
          prefix, low, high);
    }
    return new Llama3Scaling(
        positive("factor"), low, high, positive("original_max_position_embeddings"));
  }

  private double positive(String key) {
    double value = section.requireDouble(key);
    requirePositive(prefix + key, value);
    return value;
  }

  private void requirePositive(String key, double value) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw refusal("%s is %s: it must be positive and finite", key, value);
    }
  }

  private UserException refusal(String format, Object... values) {
    return new UserException(config.name() + ": " + String.format(Locale.ROOT, format, values));
  }
}
