package io.gramian.model.allocation;

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
import io.gramian.model.Granularity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The JSON form of an {@link Allocation}:
 *
 * <pre>{@code
 * {
 *   "format_version" : 1, "keep_ratio" : 0.85, "achieved_ratio" : 0.8497,
 *   "per" : "layer", "epsilon" : 0.1, "cap" : 0.85,
 *   "profile" : { "name" : "small", "mlp" : 64, "heads" : 8, "states" : 8, "ssm_heads" : 2,
 *                 "quantisation_group" : 128 },
 *   "blocks" : [ { "block_index" : 0, "layer_index" : 0, "mixer" : "attention",
 *                  "influence" : 0.41, "keep_ratio" : 0.93,
 *                  "widths" : { "query-key" : [ { "unit" : "rope-pair", "kept" : 28, "of" : 32 } ],
 *                               ... } }, ... ]
 * }
 * }</pre>
 */
final class AllocationJson {

  static final String VERSION = "format_version";
  static final String KEEP_RATIO = "keep_ratio";
  static final String ACHIEVED = "achieved_ratio";
  static final String PER = "per";
  static final String EPSILON = "epsilon";
  static final String CAP = "cap";
  static final String PROFILE = "profile";
  static final String NAME = "name";
  static final String MLP = "mlp";
  static final String HEADS = "heads";
  static final String STATES = "states";
  static final String SSM_HEADS = "ssm_heads";
  static final String QUANTISATION_GROUP = "quantisation_group";
  static final String BLOCKS = "blocks";
  static final String BLOCK_INDEX = "block_index";
  static final String LAYER_INDEX = "layer_index";
  static final String MIXER = "mixer";
  static final String INFLUENCE = "influence";
  static final String WIDTHS = "widths";
  static final String UNIT = "unit";
  static final String KEPT = "kept";
  static final String OF = "of";

  static final Set<String> KEYS =
      Set.of(VERSION, KEEP_RATIO, ACHIEVED, PER, EPSILON, CAP, PROFILE, BLOCKS);
  static final Set<String> PROFILE_KEYS =
      Set.of(NAME, MLP, HEADS, STATES, SSM_HEADS, QUANTISATION_GROUP);
  static final Set<String> BLOCK_KEYS =
      Set.of(BLOCK_INDEX, LAYER_INDEX, MIXER, INFLUENCE, KEEP_RATIO, WIDTHS);
  static final Set<String> SEGMENT_KEYS = Set.of(UNIT, KEPT, OF);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private AllocationJson() {}

  static byte[] write(Allocation allocation) {
    ObjectNode root = JSON.createObjectNode();
    root.put(VERSION, Allocation.FORMAT_VERSION);
    root.put(KEEP_RATIO, allocation.keepRatio().value());
    root.put(ACHIEVED, allocation.achieved());
    root.put(PER, allocation.rule().scope().label());
    root.put(EPSILON, allocation.rule().epsilon());
    root.put(CAP, allocation.rule().cap());
    Granularity steps = allocation.profile().granularity();
    root.putObject(PROFILE)
        .put(NAME, allocation.profile().name())
        .put(MLP, steps.mlp())
        .put(HEADS, steps.heads())
        .put(STATES, steps.states())
        .put(SSM_HEADS, steps.ssmHeads())
        .put(QUANTISATION_GROUP, allocation.profile().quantisationGroup());
    ArrayNode blocks = root.putArray(BLOCKS);
    allocation.blocks().forEach(block -> write(block, blocks.addObject()));
    return bytes(root);
  }

  private static void write(BlockAllocation block, ObjectNode node) {
    node.put(BLOCK_INDEX, block.blockIndex());
    node.put(LAYER_INDEX, block.layerIndex());
    node.put(MIXER, block.mixer());
    node.put(INFLUENCE, block.influence());
    node.put(KEEP_RATIO, block.keepRatio().value());
    ObjectNode widths = node.putObject(WIDTHS);
    block
        .widths()
        .forEach(
            (coupling, segments) -> {
              ArrayNode array = widths.putArray(coupling.label());
              segments.forEach(
                  segment ->
                      array
                          .addObject()
                          .put(UNIT, segment.unit().label())
                          .put(KEPT, segment.kept())
                          .put(OF, segment.of()));
            });
  }

  private static byte[] bytes(ObjectNode root) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    try {
      return (JSON.writer(printer).writeValueAsString(root) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that Jackson cannot write", e);
    }
  }

  /**
   * Parses an allocation.
   *
   * @param file what messages call it
   */
  static Allocation parse(byte[] bytes, String file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      String line = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new UserException(file + " is damaged: no valid JSON: " + line, e);
    }
    return new AllocationNodes(file).allocation(root);
  }
}
