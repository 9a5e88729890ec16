package io.gramian.jobs.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The YAML form of a {@link Recipe}. */
final class RecipeYaml {

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private RecipeYaml() {}

  static SortedMap<String, String> parse(byte[] bytes, String file) throws IOException {
    JsonNode root = tree(bytes, file);
    if (!root.isObject() && !root.isMissingNode()) {
      throw new UserException(file + " is no recipe: write one option a line, as keep: 0.85");
    }
    SortedMap<String, String> values = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      values.put(entry.getKey(), value(entry.getValue(), file + ": " + entry.getKey()));
    }
    return values;
  }

  private static JsonNode tree(byte[] bytes, String file) throws IOException {
    try {
      return YAML.readTree(bytes);
    } catch (JsonProcessingException e) {
      String line = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new UserException(file + " is no valid YAML: " + line, e);
    }
  }

  private static String value(JsonNode node, String where) {
    if (!node.isArray()) {
      return scalar(node, where);
    }
    List<String> elements = new ArrayList<>();
    node.forEach(element -> elements.add(scalar(element, where)));
    return String.join(",", elements);
  }

  private static String scalar(JsonNode node, String where) {
    if (!node.isValueNode() || node.isNull() || node.asText().isEmpty()) {
      throw new UserException(where + " needs a value, or a list of values");
    }
    return node.asText();
  }
}
