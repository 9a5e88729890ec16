package io.gramian.model.export;

import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.LinearSpec;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import java.util.HashMap;
import java.util.Map;

/** Where every map of a block stands in another format. */
public final class BlockPlacement {

  private final Map<String, Placement> byWeight;

  private BlockPlacement(Map<String, Placement> byWeight) {
    this.byWeight = byWeight;
  }

  /**
   * The places of an attention's or an MLP's maps.
   *
   * @param block narrow
   * @param mlpSize channels of every MLP, at least as many as the block has
   */
  public static BlockPlacement of(ResidualBlock block, int mlpSize, PairPlace pairs) {
    if (block.mixer() instanceof Attention attention) {
      return attention(attention, pairs);
    }
    if (block.mixer() instanceof Mlp mlp) {
      return mlp(mlp, mlpSize);
    }
    throw new IllegalArgumentException(block.mixer().kind());
  }

  private static BlockPlacement attention(Attention attention, PairPlace pairs) {
    HeadPlaces places = new HeadPlaces(attention);
    HeadLayout layout = attention.layout();
    int queries = layout.queriesPerKvHead();
    int hidden = attention.output().out();
    Map<String, Placement> maps = new HashMap<>();
    put(maps, attention.query(), rows(places.rotary(queries, pairs), hidden));
    put(maps, attention.key(), rows(places.rotary(1, pairs), hidden));
    put(maps, attention.value(), rows(places.value(layout.kvHeads()), hidden));
    put(maps, attention.output(), columns(hidden, places.value(layout.heads())));
    return new BlockPlacement(maps);
  }

  private static BlockPlacement mlp(Mlp mlp, int size) {
    int[] channels = Placement.prefix(mlp.intermediateSize(), size);
    int hidden = mlp.down().out();
    Map<String, Placement> maps = new HashMap<>();
    mlp.gateMap().ifPresent(gate -> put(maps, gate, rows(channels, hidden)));
    put(maps, mlp.up(), rows(channels, hidden));
    put(maps, mlp.down(), columns(hidden, channels));
    return new BlockPlacement(maps);
  }

  private static void put(Map<String, Placement> maps, LinearSpec map, Placement placement) {
    maps.put(map.weight(), placement);
  }

  private static Placement rows(int[] rows, int columns) {
    return new Placement(rows, Placement.prefix(columns, columns));
  }

  private static Placement columns(int rows, int[] columns) {
    return new Placement(Placement.prefix(rows, rows), columns);
  }

  /** The places of the map with that {@code weight}. */
  public Placement of(LinearSpec map) {
    return byWeight.get(map.weight());
  }
}
