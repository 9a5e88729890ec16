package io.gramian.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A Hugging Face {@code config.json}, read key by key. A JSON null counts as absent.
 *
 * <p>A missing key or a value of the wrong kind is a {@link UserException} that names the file, the
 * key, what was found and what is needed. The text is kept as it was read so that it can be written
 * back unchanged.
 */
public final class HfConfig {

  /** The file's name in a checkpoint. */
  public static final String FILE = "config.json";

  private static final String FLOAT_TAG = "__float__";
  private static final Set<String> TAGGED_FLOATS = Set.of("Infinity", "-Infinity", "NaN");

  private final String name;
  private final String prefix;
  private final String text;
  private final ObjectNode node;

  private HfConfig(String name, String prefix, String text, ObjectNode node) {
    this.name = name;
    this.prefix = prefix;
    this.text = text;
    this.node = node;
  }

  /**
   * Reads {@code config.json}.
   *
   * @throws UserException if it is missing or no JSON object
   */
  public static HfConfig read(Directory directory) {
    try {
      if (!directory.exists(FILE)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: no %s there; a checkpoint is a folder with %s and safetensors files",
                directory.name(),
                FILE,
                FILE));
      }
    } catch (IOException e) {
      throw JsonDocument.unreadable(directory.name(), e);
    }
    return parse(JsonDocument.nameOf(directory, FILE), JsonDocument.text(directory, FILE));
  }

  /**
   * Parses {@code json}.
   *
   * @param name what error messages call the file
   */
  public static HfConfig parse(String name, String json) {
    return new HfConfig(name, "", json, JsonDocument.parse(name, json));
  }

  /** What error messages call the file. */
  public String name() {
    return name;
  }

  /** The whole file's text as it was read, of a section too. */
  public String text() {
    return text;
  }

  /** Whether {@code key} is there and not null. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** Whether {@code key} is there and a list; some keys hold a number or several. */
  public boolean isList(String key) {
    return node.path(key).isArray();
  }

  /** Whether {@code key} is there and a string; some keys hold a number or a word. */
  public boolean isString(String key) {
    return node.path(key).isTextual();
  }

  /** The integer at {@code key}. */
  public int requireInt(String key) {
    return require(key, "a 32-bit integer", HfConfig::isInt).intValue();
  }

  /** The integer at {@code key}, or {@code absent}. */
  public int intOr(String key, int absent) {
    return has(key) ? requireInt(key) : absent;
  }

  /**
   * The number at {@code key}; {@code Infinity} and {@code NaN} are numbers, bare or as newer files
   * write them, {@code {"__float__": "Infinity"}}.
   */
  public double requireDouble(String key) {
    return number(require(key, "a number", HfConfig::isNumber));
  }

  /** The number at {@code key}, or {@code absent}. */
  public double doubleOr(String key, double absent) {
    return has(key) ? requireDouble(key) : absent;
  }

  /** The string at {@code key}. */
  public String requireString(String key) {
    return require(key, "a string", JsonNode::isTextual).textValue();
  }

  /** The string at {@code key}, or {@code absent}. */
  public String stringOr(String key, String absent) {
    return has(key) ? requireString(key) : absent;
  }

  /** The boolean at {@code key}. */
  public boolean requireBoolean(String key) {
    return require(key, "true or false", JsonNode::isBoolean).booleanValue();
  }

  /** The boolean at {@code key}, or {@code absent}. */
  public boolean booleanOr(String key, boolean absent) {
    return has(key) ? requireBoolean(key) : absent;
  }

  /** The object at {@code key}, for example {@code rope_scaling}; its keys show as {@code a.b}. */
  public HfConfig section(String key) {
    JsonNode section = require(key, "an object", JsonNode::isObject);
    return new HfConfig(name, prefix + key + ".", text, (ObjectNode) section);
  }

  /** The list of integers at {@code key}. */
  public List<Integer> ints(String key) {
    return list(key, "32-bit integers", HfConfig::isInt, JsonNode::intValue);
  }

  /** The list of numbers at {@code key}, each as {@link #requireDouble} reads it. */
  public List<Double> doubles(String key) {
    return list(key, "numbers", HfConfig::isNumber, HfConfig::number);
  }

  /** The list of strings at {@code key}. */
  public List<String> strings(String key) {
    return list(key, "strings", JsonNode::isTextual, JsonNode::textValue);
  }

  private <T> List<T> list(
      String key, String kind, Predicate<JsonNode> fits, Function<JsonNode, T> value) {
    String expected = "a list of " + kind;
    List<T> values = new ArrayList<>();
    for (JsonNode element : require(key, expected, JsonNode::isArray)) {
      if (!fits.test(element)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: '%s%s' holds %s at place %d, where %s is needed",
                name,
                prefix,
                key,
                JsonDocument.describe(element),
                values.size(),
                expected));
      }
      values.add(value.apply(element));
    }
    return List.copyOf(values);
  }

  private JsonNode require(String key, String expected, Predicate<JsonNode> fits) {
    if (!has(key)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: '%s%s' is missing, where %s is needed",
              name,
              prefix,
              key,
              expected));
    }
    JsonNode value = node.get(key);
    if (!fits.test(value)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: '%s%s' is %s, where %s is needed",
              name,
              prefix,
              key,
              JsonDocument.describe(value),
              expected));
    }
    return value;
  }

  private static boolean isNumber(JsonNode node) {
    JsonNode tagged = node.path(FLOAT_TAG);
    return node.isNumber() || (tagged.isTextual() && TAGGED_FLOATS.contains(tagged.textValue()));
  }

  private static double number(JsonNode node) {
    return node.isNumber()
        ? node.doubleValue()
        : Double.parseDouble(node.path(FLOAT_TAG).textValue());
  }

  private static boolean isInt(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToInt();
  }
}
