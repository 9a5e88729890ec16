package io.gramian.spark.calibrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The proof that a wave is finished: {@code wave-003.json}, written when all else is there.
 *
 * @param firstBlock index of its first block
 * @param endBlock index of its last block plus one: the block whose inputs are stored
 * @param statistics SHA-256 of the files it wrote, by name
 */
record WaveMarker(int firstBlock, int endBlock, SortedMap<String, String> statistics) {

  private static final String FIRST = "first_block";
  private static final String END = "end_block";
  private static final String STATISTICS = "statistics";

  private static final JsonMapper MAPPER = new JsonMapper();

  WaveMarker {
    statistics = Collections.unmodifiableSortedMap(new TreeMap<>(statistics));
  }

  /** The file of the wave at a position. */
  static String file(int index) {
    return String.format(Locale.ROOT, "wave-%03d.json", index);
  }

  /** One line. */
  String json() {
    ObjectNode root = MAPPER.createObjectNode();
    root.put(FIRST, firstBlock).put(END, endBlock);
    statistics.forEach(root.putObject(STATISTICS)::put);
    return root + "\n";
  }

  /** Empty if the text is no marker: then it proves nothing. */
  static Optional<WaveMarker> parse(String json) {
    try {
      JsonNode root = MAPPER.readTree(json);
      JsonNode files = root.path(STATISTICS);
      if (!root.path(FIRST).isInt() || !root.path(END).isInt() || !files.isObject()) {
        return Optional.empty();
      }
      SortedMap<String, String> statistics = new TreeMap<>();
      files.properties().forEach(e -> statistics.put(e.getKey(), e.getValue().asText()));
      return Optional.of(
          new WaveMarker(root.get(FIRST).asInt(), root.get(END).asInt(), statistics));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
