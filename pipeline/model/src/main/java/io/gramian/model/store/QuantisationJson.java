package io.gramian.model.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gramian.checkpoint.UserException;
import io.gramian.model.BlockWidths;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.json.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The JSON form of a {@link Quantisation}:
 *
 * <pre>{@code
 * {
 *   "bits" : 4, "stored_zero" : 8, "first_column" : "low nibble", "group" : 128,
 *   "rounding" : "gptq", "scale" : "searched", "rotation" : "hadamard", "source" : "sorted",
 *   "profile" : { "name" : "small", "mlp" : 64, "heads" : 8, "states" : 8, "ssm_heads" : 2 },
 *   "column_runs" : { "model.layers.0.self_attn.o_proj.weight" : [ 64, 64, 64, 64 ], ... },
 *   "recoveries" : [ { "input" : "down-input of block 1, ...", "damping" : 0.1,
 *                      "dead_channels" : [ 7 ] }, ... ],
 *   "keep_ratios" : [ { "keep_ratio" : 0.65, "widths" : [ ... ] }, ... ]
 * }
 * }</pre>
 *
 * <p>The first three are the same in every artifact; they are for readers who have nothing else.
 */
final class QuantisationJson {

  static final String REMEDY = "quantize again";

  private static final String BITS = "bits";
  private static final String ZERO = "stored_zero";
  private static final String FIRST_COLUMN = "first_column";
  private static final String GROUP = "group";
  private static final String ROUNDING = "rounding";
  private static final String SCALE = "scale";
  private static final String ROTATION = "rotation";
  private static final String SOURCE = "source";
  private static final String PROFILE = "profile";
  private static final String NAME = "name";
  private static final String MLP = "mlp";
  private static final String HEADS = "heads";
  private static final String STATES = "states";
  private static final String SSM_HEADS = "ssm_heads";
  private static final String COLUMN_RUNS = "column_runs";
  private static final String RECOVERIES = "recoveries";
  private static final String INPUT = "input";
  private static final String DAMPING = "damping";
  private static final String DEAD_CHANNELS = "dead_channels";
  private static final String KEEP_RATIOS = "keep_ratios";
  private static final String KEEP_RATIO = "keep_ratio";

  private static final int FOUR_BITS = 4;
  private static final int EIGHT = 8;
  private static final String LOW_NIBBLE = "low nibble";

  private final JsonFields fields;

  QuantisationJson(String file) {
    this.fields = new JsonFields(file, REMEDY);
  }

  static void write(Quantisation quantisation, ObjectNode node) {
    node.put(BITS, FOUR_BITS).put(ZERO, EIGHT).put(FIRST_COLUMN, LOW_NIBBLE);
    node.put(GROUP, quantisation.profile().quantisationGroup());
    node.put(ROUNDING, quantisation.method().rounding());
    node.put(SCALE, quantisation.method().scale());
    node.put(ROTATION, quantisation.method().rotation());
    node.put(SOURCE, quantisation.source());
    Granularity steps = quantisation.profile().granularity();
    node.putObject(PROFILE)
        .put(NAME, quantisation.profile().name())
        .put(MLP, steps.mlp())
        .put(HEADS, steps.heads())
        .put(STATES, steps.states())
        .put(SSM_HEADS, steps.ssmHeads());
    ObjectNode runs = node.putObject(COLUMN_RUNS);
    quantisation
        .columnRuns()
        .forEach((weight, channels) -> channels.forEach(runs.putArray(weight)::add));
    ArrayNode recoveries = node.putArray(RECOVERIES);
    quantisation.recoveries().forEach(recovery -> write(recovery, recoveries.addObject()));
    ArrayNode ratios = node.putArray(KEEP_RATIOS);
    quantisation
        .widths()
        .forEach(
            (ratio, widths) ->
                WidthsJson.write(widths, ratios.addObject().put(KEEP_RATIO, ratio.value())));
  }

  private static void write(Quantisation.Recovery recovery, ObjectNode node) {
    node.put(INPUT, recovery.input()).put(DAMPING, recovery.damping());
    recovery.deadChannels().forEach(node.putArray(DEAD_CHANNELS)::add);
  }

  Quantisation read(JsonNode node) {
    fields.requireOnly(
        node,
        Set.of(
            BITS,
            ZERO,
            FIRST_COLUMN,
            GROUP,
            ROUNDING,
            SCALE,
            ROTATION,
            SOURCE,
            PROFILE,
            COLUMN_RUNS,
            RECOVERIES,
            KEEP_RATIOS));
    requireKnownLayout(node);
    try {
      return new Quantisation(
          new Quantisation.Method(
              fields.text(node, ROUNDING), fields.text(node, SCALE), fields.text(node, ROTATION)),
          fields.text(node, SOURCE),
          profile(fields.object(node, PROFILE), fields.integer(node, GROUP)),
          columnRuns(fields.object(node, COLUMN_RUNS)),
          recoveries(node),
          widths(node));
    } catch (UserException e) {
      throw fields.damaged(e);
    }
  }

  private void requireKnownLayout(JsonNode node) {
    int bits = fields.integer(node, BITS);
    int zero = fields.integer(node, ZERO);
    String first = fields.text(node, FIRST_COLUMN);
    if (bits != FOUR_BITS || zero != EIGHT || !first.equals(LOW_NIBBLE)) {
      throw fields.damaged(
          bits + " bits, zero stored as " + zero + ", first column in the " + first);
    }
  }

  private DeviceProfile profile(JsonNode node, int group) {
    return new DeviceProfile(
        fields.text(node, NAME),
        new Granularity(
            fields.integer(node, MLP),
            fields.integer(node, HEADS),
            fields.integer(node, STATES),
            fields.integer(node, SSM_HEADS)),
        group);
  }

  private SortedMap<String, List<Integer>> columnRuns(JsonNode node) {
    SortedMap<String, List<Integer>> runs = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode channels = fields.array(node, entry.getKey());
      runs.put(entry.getKey(), fields.integers(channels, "an entry of " + COLUMN_RUNS));
    }
    return runs;
  }

  private List<Quantisation.Recovery> recoveries(JsonNode node) {
    List<Quantisation.Recovery> recoveries = new ArrayList<>();
    for (JsonNode recovery : fields.array(node, RECOVERIES)) {
      recoveries.add(
          new Quantisation.Recovery(
              fields.text(recovery, INPUT),
              fields.number(recovery, DAMPING),
              fields.integers(fields.array(recovery, DEAD_CHANNELS), DEAD_CHANNELS)));
    }
    return recoveries;
  }

  private SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths(JsonNode node) {
    SortedMap<KeepRatio, Map<Integer, BlockWidths>> widths = new TreeMap<>();
    for (JsonNode ratio : fields.array(node, KEEP_RATIOS)) {
      widths.put(
          new KeepRatio(fields.number(ratio, KEEP_RATIO)), new WidthsJson(fields).read(ratio));
    }
    return widths;
  }
}
