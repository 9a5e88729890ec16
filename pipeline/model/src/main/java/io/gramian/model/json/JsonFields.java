package io.gramian.model.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Coupling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the nodes of a JSON file as what they must be; every defect is a {@link UserException} that
 * names the file.
 */
public final class JsonFields {

  private final String file;
  private final String remedy;

  /**
   * For the nodes of one file.
   *
   * @param remedy what to do about a defect
   */
  public JsonFields(String file, String remedy) {
    this.file = file;
    this.remedy = remedy;
  }

  /** What messages call the file. */
  public String file() {
    return file;
  }

  /** The object under {@code key}. */
  public JsonNode object(JsonNode parent, String key) {
    JsonNode object = parent.get(key);
    if (object == null || !object.isObject()) {
      throw damaged("it lacks an object " + key);
    }
    return object;
  }

  /** The array under {@code key}. */
  public JsonNode array(JsonNode parent, String key) {
    JsonNode array = parent.get(key);
    if (array == null || !array.isArray()) {
      throw damaged("it lacks an array " + key);
    }
    return array;
  }

  /** The whole number under {@code key}. */
  public int integer(JsonNode parent, String key) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isInt()) {
      throw damaged("it lacks a whole number " + key);
    }
    return number.intValue();
  }

  /** The number under {@code key}. */
  public double number(JsonNode parent, String key) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isNumber()) {
      throw damaged("it lacks a number " + key);
    }
    return number.doubleValue();
  }

  /** The text under {@code key}. */
  public String text(JsonNode parent, String key) {
    JsonNode text = parent.get(key);
    if (text == null || !text.isTextual()) {
      throw damaged("it lacks a text " + key);
    }
    return text.textValue();
  }

  /**
   * The elements of an array.
   *
   * @param what they are, for messages
   */
  public List<Integer> integers(JsonNode array, String what) {
    List<Integer> integers = new ArrayList<>();
    for (JsonNode unit : array) {
      if (!unit.isInt()) {
        throw damaged(what + " holds " + unit + ", which is no whole number");
      }
      integers.add(unit.intValue());
    }
    return integers;
  }

  /** The coupling of that label. */
  public Coupling coupling(String label) {
    return Coupling.ofLabel(label).orElseThrow(() -> damaged("unknown coupling \"" + label + "\""));
  }

  /** Checks that {@code parent} has no keys but these. */
  public void requireOnly(JsonNode parent, Set<String> keys) {
    for (Map.Entry<String, JsonNode> entry : parent.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw damaged("unknown key \"" + entry.getKey() + "\"");
      }
    }
  }

  /** To be thrown for a defect. */
  public UserException damaged(String what) {
    return new UserException(message(what));
  }

  /**
   * To be thrown for a defect that a value's own class found, which does not know the file.
   *
   * @param found itself the result if it names the file
   */
  public UserException damaged(RuntimeException found) {
    String what = found.getMessage();
    return found instanceof UserException told && what.startsWith(file)
        ? told
        : new UserException(message(what), found);
  }

  private String message(String what) {
    return file + " is damaged: " + what + "; " + remedy;
  }
}
