package io.gramian.model.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Coupling;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.Unit;
import io.gramian.model.json.JsonFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** From the nodes of an allocation's JSON to the allocation; every defect names the file. */
final class AllocationNodes {

  private final JsonFields fields;

  AllocationNodes(String file) {
    this.fields = new JsonFields(file, "run allocate again");
  }

  Allocation allocation(JsonNode root) {
    if (!root.has(AllocationJson.VERSION)) {
      throw new UserException(
          fields.file()
              + " is no allocation (it lacks "
              + AllocationJson.VERSION
              + "): give a file that allocate wrote");
    }
    requireKnownVersion(root.get(AllocationJson.VERSION));
    try {
      atLeast(1, root, AllocationJson.VERSION);
      fields.requireOnly(root, AllocationJson.KEYS);
      return new Allocation(
          new KeepRatio(fields.number(root, AllocationJson.KEEP_RATIO)),
          fields.number(root, AllocationJson.ACHIEVED),
          rule(root),
          profile(fields.object(root, AllocationJson.PROFILE)),
          blocks(root));
    } catch (IllegalArgumentException | UserException e) {
      throw fields.damaged(e);
    }
  }

  private void requireKnownVersion(JsonNode version) {
    if (version.isInt() && version.intValue() > Allocation.FORMAT_VERSION) {
      throw new UserException(
          fields.file()
              + " has format version "
              + version
              + ", but this Gramian reads up to "
              + Allocation.FORMAT_VERSION
              + ": use a newer Gramian");
    }
  }

  private AllocationRule rule(JsonNode root) {
    String per = fields.text(root, AllocationJson.PER);
    InfluenceScope scope =
        InfluenceScope.ofLabel(per)
            .orElseThrow(() -> fields.damaged(AllocationJson.PER + " is \"" + per + "\""));
    return new AllocationRule(
        scope,
        fields.number(root, AllocationJson.EPSILON),
        fields.number(root, AllocationJson.CAP));
  }

  private DeviceProfile profile(JsonNode node) {
    fields.requireOnly(node, AllocationJson.PROFILE_KEYS);
    return new DeviceProfile(
        fields.text(node, AllocationJson.NAME),
        new Granularity(
            atLeast(1, node, AllocationJson.MLP),
            atLeast(1, node, AllocationJson.HEADS),
            atLeast(1, node, AllocationJson.STATES),
            atLeast(1, node, AllocationJson.SSM_HEADS)),
        atLeast(1, node, AllocationJson.QUANTISATION_GROUP));
  }

  private List<BlockAllocation> blocks(JsonNode root) {
    List<BlockAllocation> blocks = new ArrayList<>();
    for (JsonNode node : fields.array(root, AllocationJson.BLOCKS)) {
      fields.requireOnly(node, AllocationJson.BLOCK_KEYS);
      int index = atLeast(0, node, AllocationJson.BLOCK_INDEX);
      if (index != blocks.size()) {
        throw fields.damaged("block " + index + " stands at position " + blocks.size());
      }
      blocks.add(
          new BlockAllocation(
              index,
              atLeast(0, node, AllocationJson.LAYER_INDEX),
              fields.text(node, AllocationJson.MIXER),
              fields.number(node, AllocationJson.INFLUENCE),
              new KeepRatio(fields.number(node, AllocationJson.KEEP_RATIO)),
              widths(fields.object(node, AllocationJson.WIDTHS))));
    }
    return blocks;
  }

  private Map<Coupling, List<SegmentWidth>> widths(JsonNode node) {
    Map<Coupling, List<SegmentWidth>> widths = new EnumMap<>(Coupling.class);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      Coupling coupling = fields.coupling(entry.getKey());
      List<SegmentWidth> segments = new ArrayList<>();
      fields.array(node, entry.getKey()).forEach(segment -> segments.add(segment(segment)));
      widths.put(coupling, segments);
    }
    return widths;
  }

  private SegmentWidth segment(JsonNode node) {
    fields.requireOnly(node, AllocationJson.SEGMENT_KEYS);
    String label = fields.text(node, AllocationJson.UNIT);
    Unit unit =
        Arrays.stream(Unit.values())
            .filter(known -> known.label().equals(label))
            .findFirst()
            .orElseThrow(() -> fields.damaged("unknown unit \"" + label + "\""));
    int of = atLeast(1, node, AllocationJson.OF);
    int kept = atLeast(0, node, AllocationJson.KEPT);
    return new SegmentWidth(unit, kept, of);
  }

  private int atLeast(int least, JsonNode parent, String key) {
    int number = fields.integer(parent, key);
    if (number < least) {
      throw fields.damaged(key + " is " + number);
    }
    return number;
  }
}
