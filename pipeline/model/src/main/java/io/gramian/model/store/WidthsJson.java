package io.gramian.model.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.model.BlockWidths;
import io.gramian.model.Coupling;
import io.gramian.model.json.JsonFields;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The widths of blocks: {@code "widths" : [ { "block_index" : 0, "kept" : { "query-key" : [ 24 ],
 * ... } }, ... ]}, units kept of each segment of every coupling.
 */
final class WidthsJson {

  static final String WIDTHS = "widths";
  static final String BLOCK_INDEX = "block_index";

  private static final String KEPT = "kept";

  private final JsonFields fields;

  WidthsJson(JsonFields fields) {
    this.fields = fields;
  }

  static void write(Map<Integer, BlockWidths> widths, ObjectNode parent) {
    ArrayNode blocks = parent.putArray(WIDTHS);
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

  Map<Integer, BlockWidths> read(JsonNode parent) {
    Map<Integer, BlockWidths> widths = new HashMap<>();
    for (JsonNode block : fields.array(parent, WIDTHS)) {
      int index = fields.integer(block, BLOCK_INDEX);
      fields.requireOnly(block, Set.of(BLOCK_INDEX, KEPT));
      if (widths.put(index, new BlockWidths(kept(block.path(KEPT)))) != null) {
        throw fields.damaged("two entries for block " + index + " in " + WIDTHS);
      }
    }
    if (widths.isEmpty()) {
      throw fields.damaged(WIDTHS + " lists no block");
    }
    return widths;
  }

  private Map<Coupling, List<Integer>> kept(JsonNode stored) {
    if (!stored.isObject()) {
      throw fields.damaged("an entry of " + WIDTHS + " lacks an object " + KEPT);
    }
    Map<Coupling, List<Integer>> kept = new EnumMap<>(Coupling.class);
    for (Map.Entry<String, JsonNode> entry : stored.properties()) {
      fields.array(stored, entry.getKey());
      kept.put(
          fields.coupling(entry.getKey()), fields.integers(entry.getValue(), "a list of widths"));
    }
    return kept;
  }
}
