package io.gramian.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code model.safetensors.index.json}: which file of a sharded checkpoint holds which tensor. */
public final class CheckpointIndex {

  /** The file's name in a checkpoint. */
  public static final String FILE = "model.safetensors.index.json";

  private static final String WEIGHT_MAP = "weight_map";

  private final SortedMap<String, String> weightMap;

  private CheckpointIndex(SortedMap<String, String> weightMap) {
    this.weightMap = Collections.unmodifiableSortedMap(weightMap);
  }

  /**
   * Reads the index.
   *
   * @throws UserException if it is no JSON object, has no {@code weight_map}, or names a file by
   *     anything but a plain name in the same folder
   */
  public static CheckpointIndex read(Directory directory) {
    String name = JsonDocument.nameOf(directory, FILE);
    JsonNode entries =
        JsonDocument.parse(name, JsonDocument.text(directory, FILE)).path(WEIGHT_MAP);
    if (!(entries instanceof ObjectNode object)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: '%s' is %s instead of an object that maps tensors to files",
              name,
              WEIGHT_MAP,
              JsonDocument.describe(entries)));
    }
    SortedMap<String, String> weightMap = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      weightMap.put(entry.getKey(), file(name, entry.getKey(), entry.getValue()));
    }
    return new CheckpointIndex(weightMap);
  }

  /**
   * Writes the index of {@code plan}: the sum of the tensors' bytes, and the tensors sorted by
   * name.
   */
  public static void write(Directory directory, ShardPlan plan) throws IOException {
    SortedMap<String, String> weightMap = new TreeMap<>();
    plan.shards()
        .forEach(
            shard -> shard.tensors().forEach(tensor -> weightMap.put(tensor.name(), shard.file())));
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index.putObject("metadata").put("total_size", plan.bytes());
    ObjectNode entries = index.putObject(WEIGHT_MAP);
    weightMap.forEach(entries::put);
    JsonDocument.write(directory, FILE, index);
  }

  private static String file(String name, String tensor, JsonNode file) {
    if (!RelativeName.isOneLine(tensor)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: tensor '%s' has control characters in its name",
              name,
              RelativeName.printable(tensor)));
    }
    if (!file.isTextual() || !RelativeName.isSinglePart(file.textValue())) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: tensor '%s' is in %s; a plain file name in the same folder is needed",
              name,
              tensor,
              JsonDocument.describe(file)));
    }
    return file.textValue();
  }

  /** Tensor name to file name, sorted by tensor. */
  public SortedMap<String, String> weightMap() {
    return weightMap;
  }
}
