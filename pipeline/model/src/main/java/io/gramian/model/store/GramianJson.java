package io.gramian.model.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The JSON form of {@link GramianMetadata}:
 *
 * <pre>{@code
 * {
 *   "format_version" : 1,
 *   "criteria" : { "mlp" : "output-error", ... },
 *   "rope_pair_orders" : [ { "block_index" : 0, "kv_heads" : [ [ 3, 0, ... ], ... ] }, ... ],
 *   "widths" : [ { "block_index" : 0, "kept" : { "query-key" : [ 24 ], ... } }, ... ]
 * }
 * }</pre>
 *
 * <p>{@code widths} is there from version 2 on, and only in a checkpoint that is narrower than its
 * {@code config.json} says: units kept of each segment of every coupling.
 *
 * <p>A key that this format does not have is refused: whoever wrote it meant something by it.
 */
final class GramianJson {

  /** What a checkpoint of full width is written as: its content has not changed since. */
  private static final int FULL_WIDTH_VERSION = 1;

  private static final String VERSION = "format_version";
  private static final String CRITERIA = "criteria";
  private static final String PAIR_ORDERS = "rope_pair_orders";
  private static final String BLOCK_INDEX = "block_index";
  private static final String KV_HEADS = "kv_heads";
  private static final String WIDTHS = "widths";
  private static final String KEPT = "kept";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String file;

  private GramianJson(String file) {
    this.file = file;
  }

  static byte[] write(GramianMetadata metadata) {
    ObjectNode root = JSON.createObjectNode();
    boolean wide = metadata.widths().isEmpty();
    root.put(VERSION, wide ? FULL_WIDTH_VERSION : GramianMetadata.FORMAT_VERSION);
    ObjectNode criteria = root.putObject(CRITERIA);
    metadata.criteria().forEach((coupling, name) -> criteria.put(coupling.label(), name));
    ArrayNode blocks = root.putArray(PAIR_ORDERS);
    metadata
        .pairOrders()
        .forEach(
            (block, heads) -> {
              ArrayNode orders = blocks.addObject().put(BLOCK_INDEX, block).putArray(KV_HEADS);
              heads.forEach(order -> order.forEach(orders.addArray()::add));
            });
    if (!wide) {
      writeWidths(metadata.widths(), root.putArray(WIDTHS));
    }
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return (JSON.writer(printer).writeValueAsString(root) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that Jackson cannot write", e);
    }
  }

  private static void writeWidths(Map<Integer, BlockWidths> widths, ArrayNode blocks) {
    widths.forEach(
        (block, width) -> {
          ObjectNode kept = blocks.addObject().put(BLOCK_INDEX, block).putObject(KEPT);
          width
              .kept()
              .forEach(
                  (coupling, counts) ->
                      counts.forEach(kept.withArray("/" + coupling.label())::add));
        });
  }

  static GramianMetadata parse(byte[] bytes, String file) throws IOException {
    GramianJson json = new GramianJson(file);
    try {
      return json.metadata(JSON.readTree(bytes));
    } catch (JsonProcessingException e) {
      String line = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new UserException(file + " is damaged: no valid JSON: " + line, e);
    }
  }

  private GramianMetadata metadata(JsonNode root) {
    int version = integer(root, VERSION);
    if (version > GramianMetadata.FORMAT_VERSION) {
      throw new UserException(
          file
              + " has format version "
              + version
              + ", but this Gramian reads up to "
              + GramianMetadata.FORMAT_VERSION
              + ": use a newer Gramian");
    }
    if (version < 1) {
      throw damaged(VERSION + " is " + version);
    }
    boolean wide = version == FULL_WIDTH_VERSION;
    requireOnly(
        root,
        wide
            ? Set.of(VERSION, CRITERIA, PAIR_ORDERS)
            : Set.of(VERSION, CRITERIA, PAIR_ORDERS, WIDTHS));
    return new GramianMetadata(criteria(root), pairOrders(root), wide ? Map.of() : widths(root));
  }

  private Map<Coupling, String> criteria(JsonNode root) {
    JsonNode stored = root.get(CRITERIA);
    if (stored == null || !stored.isObject()) {
      throw damaged("it lacks an object " + CRITERIA);
    }
    Map<Coupling, String> criteria = new EnumMap<>(Coupling.class);
    for (Map.Entry<String, JsonNode> entry : stored.properties()) {
      Coupling coupling = coupling(entry.getKey());
      if (!entry.getValue().isTextual()) {
        throw damaged("the criterion of " + entry.getKey() + " is no text");
      }
      criteria.put(coupling, entry.getValue().textValue());
    }
    return criteria;
  }

  private Coupling coupling(String label) {
    return Coupling.ofLabel(label).orElseThrow(() -> damaged("unknown coupling \"" + label + "\""));
  }

  private Map<Integer, BlockWidths> widths(JsonNode root) {
    Map<Integer, BlockWidths> widths = new HashMap<>();
    for (JsonNode block : array(root, WIDTHS)) {
      int index = integer(block, BLOCK_INDEX);
      requireOnly(block, Set.of(BLOCK_INDEX, KEPT));
      if (widths.put(index, new BlockWidths(kept(block.path(KEPT)))) != null) {
        throw damaged("two entries for block " + index + " in " + WIDTHS);
      }
    }
    if (widths.isEmpty()) {
      throw damaged(WIDTHS + " lists no block");
    }
    return widths;
  }

  private Map<Coupling, List<Integer>> kept(JsonNode stored) {
    if (!stored.isObject()) {
      throw damaged("an entry of " + WIDTHS + " lacks an object " + KEPT);
    }
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (Map.Entry<String, JsonNode> entry : stored.properties()) {
      array(stored, entry.getKey());
      kept.put(coupling(entry.getKey()), integers(entry.getValue(), "a list of widths"));
    }
    return kept;
  }

  private Map<Integer, List<List<Integer>>> pairOrders(JsonNode root) {
    Map<Integer, List<List<Integer>>> orders = new HashMap<>();
    for (JsonNode block : array(root, PAIR_ORDERS)) {
      int index = integer(block, BLOCK_INDEX);
      requireOnly(block, Set.of(BLOCK_INDEX, KV_HEADS));
      List<List<Integer>> heads = new ArrayList<>();
      for (JsonNode order : array(block, KV_HEADS)) {
        heads.add(integers(order, "a pair order"));
      }
      if (orders.put(index, heads) != null) {
        throw damaged("two entries for block " + index + " in " + PAIR_ORDERS);
      }
    }
    return orders;
  }

  private List<Integer> integers(JsonNode order, String what) {
    List<Integer> integers = new ArrayList<>();
    for (JsonNode unit : order) {
      if (!unit.isInt()) {
        throw damaged(what + " holds " + unit + ", which is no whole number");
      }
      integers.add(unit.intValue());
    }
    return integers;
  }

  private JsonNode array(JsonNode parent, String key) {
    JsonNode array = parent.get(key);
    if (array == null || !array.isArray()) {
      throw damaged("it lacks an array " + key);
    }
    return array;
  }

  private int integer(JsonNode parent, String key) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isInt()) {
      throw damaged("it lacks a whole number " + key);
    }
    return number.intValue();
  }

  private void requireOnly(JsonNode parent, Set<String> keys) {
    for (Map.Entry<String, JsonNode> entry : parent.properties()) {
      if (!keys.contains(entry.getKey())) {
        throw damaged("unknown key \"" + entry.getKey() + "\"");
      }
    }
  }

  private UserException damaged(String what) {
    return new UserException(file + " is damaged: " + what + "; sort again");
  }
}
