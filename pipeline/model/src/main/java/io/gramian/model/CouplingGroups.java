package io.gramian.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The coupling groups of a block: what an order of each of them reorders.
 *
 * <ul>
 *   <li>MLP: rows (and biases) of gate and up, columns of down; a unit is a channel.
 *   <li>Query-key, per KV head: rows (and biases) of the key head and of each query head that reads
 *       it; a unit is a RoPE pair, then a channel that passes through (all of them without RoPE).
 *   <li>Value-output, per KV head: rows (and biases) of the value head, columns of the output map
 *       that belong to each query head that reads it; a unit is a channel of the rotated basis.
 *   <li>B-C, per state space group, and z-x-out, per state space head: see {@link Mamba2Groups}.
 * </ul>
 */
public final class CouplingGroups {

  private CouplingGroups() {}

  /**
   * The groups of {@code block}: one for an MLP, two for every KV head of an attention; for a state
   * space mixer one for every group and one for every head.
   */
  public static List<CoupledUnits> of(ResidualBlock block) {
    return block.mixer().accept(new GroupsOf(block));
  }

  private record GroupsOf(ResidualBlock block) implements MixerVisitor<List<CoupledUnits>> {

    @Override
    public List<CoupledUnits> attention(Attention attention) {
      return Stream.of(Coupling.QUERY_KEY, Coupling.VALUE_OUTPUT)
          .flatMap(coupling -> perKvHead(block, attention, coupling))
          .toList();
    }

    @Override
    public List<CoupledUnits> mlp(Mlp mlp) {
      return List.of(CouplingGroups.mlp(block, mlp));
    }

    @Override
    public List<CoupledUnits> mamba2(Mamba2 mamba2) {
      return Mamba2Groups.of(block, mamba2);
    }
  }

  private static CoupledUnits mlp(ResidualBlock block, Mlp mlp) {
    List<UnitSegment> segments =
        List.of(new UnitSegment(Unit.CHANNEL, 0, mlp.intermediateSize(), 1));
    List<CoupledAxis> axes = new ArrayList<>();
    mlp.gateMap().ifPresent(gate -> axes.addAll(rows(gate, 0, segments)));
    axes.addAll(rows(mlp.up(), 0, segments));
    axes.add(new CoupledAxis(mlp.down().weight(), 1, 0, segments));
    return new CoupledUnits(group(block, Coupling.MLP, 0), segments, axes);
  }

  private static Stream<CoupledUnits> perKvHead(
      ResidualBlock block, Attention attention, Coupling coupling) {
    return Stream.iterate(0, head -> head < attention.layout().kvHeads(), head -> head + 1)
        .map(
            head -> {
              CouplingGroup group = group(block, coupling, head);
              return coupling == Coupling.QUERY_KEY
                  ? queryKey(group, attention)
                  : valueOutput(group, attention);
            });
  }

  private static CoupledUnits queryKey(CouplingGroup group, Attention attention) {
    int size = attention.queryKeySize();
    List<UnitSegment> segments = queryKeySegments(size, attention.rotary());
    List<CoupledAxis> axes = new ArrayList<>(rows(attention.key(), group.head() * size, segments));
    for (int offset : queryOffsets(attention.layout(), group.head(), size)) {
      axes.addAll(rows(attention.query(), offset, segments));
    }
    return new CoupledUnits(group, segments, axes);
  }

  private static CoupledUnits valueOutput(CouplingGroup group, Attention attention) {
    int size = attention.valueSize();
    List<UnitSegment> segments = List.of(new UnitSegment(Unit.ROTATED_CHANNEL, 0, size, 1));
    List<CoupledAxis> axes =
        new ArrayList<>(rows(attention.value(), group.head() * size, segments));
    for (int offset : queryOffsets(attention.layout(), group.head(), size)) {
      axes.add(new CoupledAxis(attention.output().weight(), 1, offset, segments));
    }
    return new CoupledUnits(group, segments, axes);
  }

  private static List<UnitSegment> queryKeySegments(int headSize, Optional<Rope> rotary) {
    List<UnitSegment> segments = new ArrayList<>();
    rotary.ifPresent(rope -> segments.add(new UnitSegment(Unit.ROPE_PAIR, 0, rope.pairs(), 2)));
    int rotated = rotary.map(Rope::rotarySize).orElse(0);
    if (rotated < headSize) {
      segments.add(new UnitSegment(Unit.CHANNEL, rotated, headSize - rotated, 1));
    }
    return segments;
  }

  /** Where the slices of the query heads that read {@code kvHead} begin. */
  private static int[] queryOffsets(HeadLayout layout, int kvHead, int size) {
    int queries = layout.queriesPerKvHead();
    int[] offsets = new int[queries];
    for (int i = 0; i < queries; i++) {
      offsets[i] = (kvHead * queries + i) * size;
    }
    return offsets;
  }

  /** The rows of {@code map} from {@code offset} on, and their biases. */
  static List<CoupledAxis> rows(LinearSpec map, int offset, List<UnitSegment> segments) {
    return Stream.concat(Stream.of(map.weight()), map.biasName().stream())
        .map(tensor -> new CoupledAxis(tensor, 0, offset, segments))
        .toList();
  }

  /** The identity of a group of {@code block}. */
  static CouplingGroup group(ResidualBlock block, Coupling coupling, int head) {
    return new CouplingGroup(
        block.blockIndex(), block.layerIndex(), block.mixer().kind(), coupling, head);
  }
}
