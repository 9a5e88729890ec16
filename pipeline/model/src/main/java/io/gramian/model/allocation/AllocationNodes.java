package io.gramian.model.allocation;

import com.fasterxml.jackson.databind.JsonNode;
import io.gramian.checkpoint.UserException;
import io.gramian.model.Coupling;
import io.gramian.model.DeviceProfile;
import io.gramian.model.Granularity;
import io.gramian.model.KeepRatio;
import io.gramian.model.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** From the nodes of an allocation's JSON to the allocation; every defect names the file. */
final class AllocationNodes {

  private final String file;

  AllocationNodes(String file) {
    this.file = file;
  }

  Allocation allocation(JsonNode root) {
    if (!root.has(AllocationJson.VERSION)) {
      throw new UserException(
          file
              + " is no allocation (it lacks "
              + AllocationJson.VERSION
              + "): give a file that allocate wrote");
    }
    requireKnownVersion(root.get(AllocationJson.VERSION));
    try {
      integer(root, AllocationJson.VERSION, 1);
      return new Allocation(
          new KeepRatio(number(root, AllocationJson.KEEP_RATIO)),
          number(root, AllocationJson.ACHIEVED),
          rule(root),
          profile(child(root, AllocationJson.PROFILE)),
          blocks(root));
    } catch (IllegalArgumentException | UserException e) {
      throw new UserException(file + " is damaged: " + e.getMessage() + "; run allocate again", e);
    }
  }

  private void requireKnownVersion(JsonNode version) {
    if (version.isInt() && version.intValue() > Allocation.FORMAT_VERSION) {
      throw new UserException(
          file
              + " has format version "
              + version
              + ", but this Gramian reads up to "
              + Allocation.FORMAT_VERSION
              + ": use a newer Gramian");
    }
  }

  private AllocationRule rule(JsonNode root) {
    String per = text(root, AllocationJson.PER);
    InfluenceScope scope =
        InfluenceScope.ofLabel(per)
            .orElseThrow(
                () -> new IllegalArgumentException(AllocationJson.PER + " is \"" + per + "\""));
    return new AllocationRule(
        scope, number(root, AllocationJson.EPSILON), number(root, AllocationJson.CAP));
  }

  private DeviceProfile profile(JsonNode node) {
    return new DeviceProfile(
        text(node, AllocationJson.NAME),
        new Granularity(
            integer(node, AllocationJson.MLP, 1),
            integer(node, AllocationJson.HEADS, 1),
            integer(node, AllocationJson.STATES, 1),
            integer(node, AllocationJson.SSM_HEADS, 1)),
        integer(node, AllocationJson.QUANTISATION_GROUP, 1));
  }

  private List<BlockAllocation> blocks(JsonNode root) {
    List<BlockAllocation> blocks = new ArrayList<>();
    for (JsonNode node : array(root, AllocationJson.BLOCKS)) {
      int index = integer(node, AllocationJson.BLOCK_INDEX, 0);
      if (index != blocks.size()) {
        throw new IllegalArgumentException(
            "block " + index + " stands at position " + blocks.size());
      }
      blocks.add(
          new BlockAllocation(
              index,
              integer(node, AllocationJson.LAYER_INDEX, 0),
              text(node, AllocationJson.MIXER),
              number(node, AllocationJson.INFLUENCE),
              new KeepRatio(number(node, AllocationJson.KEEP_RATIO)),
              widths(child(node, AllocationJson.WIDTHS))));
    }
    return blocks;
  }

  private Map<Coupling, List<SegmentWidth>> widths(JsonNode node) {
    Map<Coupling, List<SegmentWidth>> widths = new EnumMap<>(Coupling.class);
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      Coupling coupling =
          Coupling.ofLabel(entry.getKey())
              .orElseThrow(
                  () ->
                      new IllegalArgumentException("unknown coupling \"" + entry.getKey() + "\""));
      List<SegmentWidth> segments = new ArrayList<>();
      array(node, entry.getKey()).forEach(segment -> segments.add(segment(segment)));
      widths.put(coupling, segments);
    }
    return widths;
  }

  private SegmentWidth segment(JsonNode node) {
    String label = text(node, AllocationJson.UNIT);
    Unit unit =
        Arrays.stream(Unit.values())
            .filter(known -> known.label().equals(label))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("unknown unit \"" + label + "\""));
    int of = integer(node, AllocationJson.OF, 1);
    int kept = integer(node, AllocationJson.KEPT, 0);
    return new SegmentWidth(unit, kept, of);
  }

  private JsonNode child(JsonNode parent, String key) {
    JsonNode child = parent.get(key);
    if (child == null || !child.isObject()) {
      throw new IllegalArgumentException("it lacks an object " + key);
    }
    return child;
  }

  private JsonNode array(JsonNode parent, String key) {
    JsonNode array = parent.get(key);
    if (array == null || !array.isArray()) {
      throw new IllegalArgumentException("it lacks an array " + key);
    }
    return array;
  }

  private String text(JsonNode parent, String key) {
    JsonNode text = parent.get(key);
    if (text == null || !text.isTextual()) {
      throw new IllegalArgumentException("it lacks a text " + key);
    }
    return text.textValue();
  }

  private double number(JsonNode parent, String key) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isNumber()) {
      throw new IllegalArgumentException("it lacks a number " + key);
    }
    return number.doubleValue();
  }

  private int integer(JsonNode parent, String key, int least) {
    JsonNode number = parent.get(key);
    if (number == null || !number.isInt()) {
      throw new IllegalArgumentException("it lacks a whole number " + key);
    }
    if (number.intValue() < least) {
      throw new IllegalArgumentException(key + " is " + number);
    }
    return number.intValue();
  }
}
