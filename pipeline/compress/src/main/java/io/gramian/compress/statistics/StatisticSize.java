package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import io.gramian.model.ScanLayout;
import java.util.List;
import java.util.stream.Stream;

/**
 * How large a statistic is, told before anything is summed.
 *
 * @param site what is summed
 * @param tiles it is kept in
 * @param elements sums in all of them
 */
public record StatisticSize(Site site, int tiles, long elements) {

  /** Two words of a {@link FixedPointSum}. */
  private static final int HEAP_BYTES = 2 * Long.BYTES;

  /** Array and object headers of a tile and its key. */
  private static final int HEAP_BYTES_A_TILE = 160;

  /** What Java serialisation says of a tile and its key besides the sums. */
  private static final int WIRE_BYTES_A_TILE = 260;

  /**
   * Every statistic of a block while a calibration sums it up, influences included.
   *
   * @return as {@link BlockStatistics} has them
   */
  public static List<StatisticSize> of(ResidualBlock block) {
    return Stream.concat(
            block.mixer().accept(new OfMixer()).stream(),
            Stream.of(vector(Site.BLOCK_INFLUENCE, 1), vector(Site.LAYER_INFLUENCE, 1)))
        .toList();
  }

  /** The Gram matrix of {@code n} channels: the tiles on and above the diagonal, {@code n^2/2}. */
  public static StatisticSize gram(Site site, int n) {
    int strips = (n + GramAccumulator.TILE - 1) / GramAccumulator.TILE;
    long whole = (long) (strips - 1) * GramAccumulator.TILE;
    long last = n - whole;
    // Of full strips the tiles of the upper triangle, then what the last strip adds to each row.
    long upper = whole * (whole + GramAccumulator.TILE) / 2;
    return new StatisticSize(site, strips * (strips + 1) / 2, upper + (whole + last) * last);
  }

  private static StatisticSize vector(Site site, long elements) {
    return new StatisticSize(site, 1, elements);
  }

  private static StatisticSize matrices(Site site, int count, int size) {
    return new StatisticSize(site, count, (long) count * size * size);
  }

  /** Heap that it takes in a task that sums it up, or that adds the tasks' shares up. */
  public long heapBytes() {
    return HEAP_BYTES * elements + (long) HEAP_BYTES_A_TILE * tiles;
  }

  /** What one task's share of it takes in a shuffle, unless sums are 3.4e10 or larger. */
  public long wireBytes() {
    return FixedPointWire.NARROW_BYTES * elements + (long) WIRE_BYTES_A_TILE * tiles;
  }

  private static final class OfMixer implements MixerVisitor<List<StatisticSize>> {

    @Override
    public List<StatisticSize> attention(Attention attention) {
      HeadLayout layout = attention.layout();
      return List.of(
          vector(Site.QUERY, attention.query().out()),
          vector(Site.KEY, attention.key().out()),
          matrices(Site.VALUE, layout.kvHeads(), attention.valueSize()));
    }

    @Override
    public List<StatisticSize> mlp(Mlp mlp) {
      return List.of(gram(Site.DOWN_INPUT, mlp.intermediateSize()));
    }

    @Override
    public List<StatisticSize> mamba2(Mamba2 mamba2) {
      ScanLayout layout = mamba2.layout();
      return List.of(
          vector(Site.STATE_KEY, (long) layout.heads() * layout.stateSize()),
          vector(Site.STATE_QUERY, layout.stateWidth()),
          gram(Site.OUT_INPUT, layout.innerSize()),
          matrices(Site.STATE, layout.heads(), layout.headSize()),
          matrices(Site.STATE_OUTPUT, layout.groups(), layout.stateSize()));
    }
  }
}
