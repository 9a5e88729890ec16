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
import io.gramian.model.Coupling;
import io.gramian.model.json.JsonFields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
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
 * {@code config.json} says: units kept of each segment of every coupling. {@code quantisation} is
 * there from version 3 on, and only in a packed artifact ({@link QuantisationJson}).
 *
 * <p>A key that this format does not have is refused: whoever wrote it meant something by it.
 */
final class GramianJson {

  /** What a checkpoint of full width is written as: its content has not changed since. */
  private static final int FULL_WIDTH_VERSION = 1;

  /** What a narrower one is written as. */
  private static final int WIDTHS_VERSION = 2;

  private static final String VERSION = "format_version";
  private static final String CRITERIA = "criteria";
  private static final String PAIR_ORDERS = "rope_pair_orders";
  private static final String KV_HEADS = "kv_heads";
  private static final String QUANTISATION = "quantisation";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonFields fields;

  private GramianJson(String file) {
    this.fields = new JsonFields(file, "sort again");
  }

  static byte[] write(GramianMetadata metadata) {
    ObjectNode root = JSON.createObjectNode();
    root.put(VERSION, version(metadata));
    ObjectNode criteria = root.putObject(CRITERIA);
    metadata.criteria().forEach((coupling, name) -> criteria.put(coupling.label(), name));
    ArrayNode blocks = root.putArray(PAIR_ORDERS);
    metadata
        .pairOrders()
        .forEach(
            (block, heads) -> {
              ArrayNode orders =
                  blocks.addObject().put(WidthsJson.BLOCK_INDEX, block).putArray(KV_HEADS);
              heads.forEach(order -> order.forEach(orders.addArray()::add));
            });
    if (!metadata.widths().isEmpty()) {
      WidthsJson.write(metadata.widths(), root);
    }
    metadata
        .quantised()
        .ifPresent(packed -> QuantisationJson.write(packed, root.putObject(QUANTISATION)));
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return (JSON.writer(printer).writeValueAsString(root) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that Jackson cannot write", e);
    }
  }

  private static int version(GramianMetadata metadata) {
    if (metadata.quantised().isPresent()) {
      return GramianMetadata.FORMAT_VERSION;
    }
    return metadata.widths().isEmpty() ? FULL_WIDTH_VERSION : WIDTHS_VERSION;
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
    int version = fields.integer(root, VERSION);
    if (version > GramianMetadata.FORMAT_VERSION) {
      throw new UserException(
          fields.file()
              + " has format version "
              + version
              + ", but this Gramian reads up to "
              + GramianMetadata.FORMAT_VERSION
              + ": use a newer Gramian");
    }
    if (version < 1) {
      throw fields.damaged(VERSION + " is " + version);
    }
    boolean packed = version > WIDTHS_VERSION;
    boolean widths = packed ? root.has(WidthsJson.WIDTHS) : version == WIDTHS_VERSION;
    requireKeys(root, widths, packed);
    return new GramianMetadata(
        criteria(root),
        pairOrders(root),
        widths ? new WidthsJson(fields).read(root) : Map.of(),
        packed
            ? new QuantisationJson(fields.file()).read(fields.object(root, QUANTISATION))
            : null);
  }

  private void requireKeys(JsonNode root, boolean widths, boolean packed) {
    Set<String> keys = new HashSet<>(Set.of(VERSION, CRITERIA, PAIR_ORDERS));
    if (widths) {
      keys.add(WidthsJson.WIDTHS);
    }
    if (packed) {
      keys.add(QUANTISATION);
    }
    fields.requireOnly(root, keys);
  }

  private Map<Coupling, String> criteria(JsonNode root) {
    JsonNode stored = root.get(CRITERIA);
    if (stored == null || !stored.isObject()) {
      throw fields.damaged("it lacks an object " + CRITERIA);
    }
    Map<Coupling, String> criteria = new EnumMap<>(Coupling.class);
    for (Map.Entry<String, JsonNode> entry : stored.properties()) {
      Coupling coupling = fields.coupling(entry.getKey());
      if (!entry.getValue().isTextual()) {
        throw fields.damaged("the criterion of " + entry.getKey() + " is no text");
      }
      criteria.put(coupling, entry.getValue().textValue());
    }
    return criteria;
  }

  private Map<Integer, List<List<Integer>>> pairOrders(JsonNode root) {
    Map<Integer, List<List<Integer>>> orders = new HashMap<>();
    for (JsonNode block : fields.array(root, PAIR_ORDERS)) {
      int index = fields.integer(block, WidthsJson.BLOCK_INDEX);
      fields.requireOnly(block, Set.of(WidthsJson.BLOCK_INDEX, KV_HEADS));
      List<List<Integer>> heads = new ArrayList<>();
      for (JsonNode order : fields.array(block, KV_HEADS)) {
        heads.add(fields.integers(order, "a pair order"));
      }
      if (orders.put(index, heads) != null) {
        throw fields.damaged("two entries for block " + index + " in " + PAIR_ORDERS);
      }
    }
    return orders;
  }
}
