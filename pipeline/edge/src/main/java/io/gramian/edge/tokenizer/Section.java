package io.gramian.edge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.gramian.checkpoint.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A JSON object of {@code tokenizer.json} and its place there, which every defect names. */
final class Section {

  private final String file;
  private final String place;
  private final JsonNode node;

  /** The whole file; {@code file} is what messages call it. */
  static Section root(String file, JsonNode node) {
    return new Section(file, "", node);
  }

  private Section(String file, String place, JsonNode node) {
    this.file = file;
    this.place = place;
    this.node = node;
  }

  /** A text as messages show it: quoted, on one line. */
  static String quoted(String text) {
    return TextNode.valueOf(text).toString();
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** What kind of part this is. */
  String type() {
    return text("type");
  }

  String text(String key) {
    if (!node.path(key).isTextual()) {
      throw missing(key, "a text");
    }
    return node.get(key).textValue();
  }

  /** The one character at {@code key}. */
  String character(String key) {
    String text = text(key);
    if (text.codePointCount(0, text.length()) != 1) {
      throw wrong(key, "is " + quoted(text) + ", where one character is needed");
    }
    return text;
  }

  boolean flag(String key, boolean absent) {
    if (!has(key)) {
      return absent;
    }
    if (!node.get(key).isBoolean()) {
      throw missing(key, "true or false");
    }
    return node.get(key).booleanValue();
  }

  int count(String key) {
    if (!node.path(key).isInt() || node.get(key).intValue() < 0) {
      throw missing(key, "a count");
    }
    return node.get(key).intValue();
  }

  /** The token id at {@code key}. */
  int id(String key) {
    return Vocabulary.checkedId(this, key, node.path(key));
  }

  double number(String key) {
    if (!node.path(key).isNumber()) {
      throw missing(key, "a number");
    }
    return node.get(key).doubleValue();
  }

  /** The object at {@code key}; empty if it is missing or null. */
  Optional<Section> optional(String key) {
    return has(key) ? Optional.of(section(key)) : Optional.empty();
  }

  Section section(String key) {
    return new Section(file, path(key) + ".", object(key));
  }

  /** The objects of the list at {@code key}. */
  List<Section> sections(String key) {
    List<Section> sections = new ArrayList<>();
    for (JsonNode element : array(key)) {
      String name = key + "[" + sections.size() + "]";
      if (!element.isObject()) {
        throw wrong(name, "is no object");
      }
      sections.add(new Section(file, path(name) + ".", element));
    }
    return sections;
  }

  JsonNode object(String key) {
    if (!node.path(key).isObject()) {
      throw missing(key, "an object");
    }
    return node.get(key);
  }

  JsonNode array(String key) {
    if (!node.path(key).isArray()) {
      throw missing(key, "a list");
    }
    return node.get(key);
  }

  /** The failure of a value; {@code what} follows its name in the message. */
  UserException wrong(String key, String what) {
    return new UserException("%s: '%s' %s".formatted(file, path(key), what));
  }

  /** The failure to find {@code key} as what it must be. */
  UserException missing(String key, String needed) {
    return wrong(key, "is missing or of another kind, where %s is needed".formatted(needed));
  }

  /** The failure of a type that is not implemented. */
  UserException unsupportedType(String supported) {
    return wrong(
        "type",
        "is %s, which Gramian does not read; it reads %s".formatted(quoted(type()), supported));
  }

  private String path(String key) {
    return place + key;
  }
}
