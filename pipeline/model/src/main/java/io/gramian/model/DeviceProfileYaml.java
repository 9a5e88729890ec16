package io.gramian.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The YAML form of a {@link DeviceProfile}. */
final class DeviceProfileYaml {

  private static final String NAME = "name";
  private static final String GRANULARITY = "granularity";
  private static final String MLP = "mlp";
  private static final String HEADS = "heads";
  private static final String STATES = "states";
  private static final String SSM_HEADS = "ssm-heads";
  private static final String QUANTISATION_GROUP = "quantisation-group";

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  private final String file;

  private DeviceProfileYaml(String file) {
    this.file = file;
  }

  static DeviceProfile parse(byte[] bytes, String file) throws IOException {
    DeviceProfileYaml yaml = new DeviceProfileYaml(file);
    JsonNode root;
    try {
      root = YAML.readTree(bytes);
    } catch (JsonProcessingException e) {
      String line = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new UserException(file + " is no valid YAML: " + line, e);
    }
    return yaml.profile(root);
  }

  private DeviceProfile profile(JsonNode root) {
    requireKeys(root, "", List.of(NAME, GRANULARITY, QUANTISATION_GROUP));
    JsonNode steps = root.get(GRANULARITY);
    requireKeys(steps, GRANULARITY + ".", List.of(MLP, HEADS, STATES, SSM_HEADS));
    String prefix = GRANULARITY + ".";
    try {
      return new DeviceProfile(
          root.get(NAME).asText(),
          new Granularity(
              integer(steps, prefix, MLP),
              integer(steps, prefix, HEADS),
              integer(steps, prefix, STATES),
              integer(steps, prefix, SSM_HEADS)),
          integer(root, "", QUANTISATION_GROUP));
    } catch (UserException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  private void requireKeys(JsonNode node, String prefix, List<String> keys) {
    if (!node.isObject()) {
      String what = prefix.isEmpty() ? "a device profile" : GRANULARITY;
      throw new UserException(file + ": " + what + " has the keys " + String.join(", ", keys));
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw new UserException(
            file
                + ": unknown key "
                + prefix
                + entry.getKey()
                + ": did you mean "
                + prefix
                + nearest(entry.getKey(), keys)
                + "?");
      }
    }
    for (String key : keys) {
      if (!node.hasNonNull(key)) {
        throw new UserException(file + ": " + prefix + key + " is missing");
      }
    }
  }

  private static String nearest(String wanted, List<String> keys) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return keys.stream()
        .min(Comparator.comparingInt(key -> distance.apply(wanted, key)))
        .orElseThrow();
  }

  private static int integer(JsonNode parent, String prefix, String key) {
    JsonNode number = parent.get(key);
    if (!number.isInt()) {
      throw new UserException(
          prefix + key + " is " + number + ": it must be a whole number of at least 1");
    }
    return number.intValue();
  }
}
