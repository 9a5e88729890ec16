package io.gramian.model.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Coupling;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the nodes of a JSON file as what they must be; every defect names the file. */
final class JsonFields {

  private final String file;
  private final String remedy;

  /**
   * For the nodes of one file.
   *
   * @param remedy what to do about a defect
   */
  JsonFields(String file, String remedy) {
    this.file = file;
    this.remedy = remedy;
  }

  String file() {
    return file;
  }

  JsonNode object(JsonNode parent, String key) {
    JsonNode object = parent.get(key);
    if (object == null || !object.isObject()) {
      throw damaged("it lacks an object " + key);
    }
    return object;
  }

  JsonNode array(JsonNode parent, String key) {
    JsonNode array = parent.get(key);
    if (array == null || !array.isArray()) {
      throw damaged("it lacks an array " + key);
    }
    return array;
  }

  int integer(JsonNode parent, String key) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isInt()) {
      throw damaged("it lacks a whole number " + key);
    }
    return number.intValue();
  }

  double number(JsonNode parent, String key) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isNumber()) {
      throw damaged("it lacks a number " + key);
    }
    return number.doubleValue();
  }

  String text(JsonNode parent, String key) {
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
  List<Integer> integers(JsonNode array, String what) {
    List<Integer> integers = new ArrayList<>();
    for (JsonNode unit : array) {
      if (!unit.isInt()) {
        throw damaged(what + " holds " + unit + ", which is no whole number");
      }
      integers.add(unit.intValue());
    }
    return integers;
  }

  Coupling coupling(String label) {
    return Coupling.ofLabel(label).orElseThrow(() -> damaged("unknown coupling \"" + label + "\""));
  }

  void requireOnly(JsonNode parent, Set<String> keys) {
    for (Map.Entry<String, JsonNode> entry : parent.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw damaged("unknown key \"" + entry.getKey() + "\"");
      }
    }
  }

  UserException damaged(String what) {
    return new UserException(file + " is damaged: " + what + "; " + remedy);
  }
}
