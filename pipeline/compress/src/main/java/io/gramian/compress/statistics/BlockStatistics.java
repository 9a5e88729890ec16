package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.tensor.Scopes;
import io.gramian.model.Attention;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * All statistics of one residual block within one task: which sites it has, and how each is summed.
 *
 * <p>Not thread-safe: a task has its own, and tiles are merged afterwards.
 */
public final class BlockStatistics {

  private final int blockIndex;
  private final Map<Site, Accumulator> accumulators;
  private final Map<Site, Tile> influences = new EnumMap<>(Site.class);

  public BlockStatistics(ResidualBlock block) {
    blockIndex = block.blockIndex();
    accumulators = block.mixer().accept(new SitesOf(blockIndex));
  }

  /** The sites that a block's mixer reports, in their declared order. */
  public static List<Site> sites(ResidualBlock block) {
    return block.mixer().accept(new SitesOf(block.blockIndex())).keySet().stream()
        .sorted()
        .toList();
  }

  /** A recorder for one forward pass over sequences with the given padding. */
  public SiteRecorder recorder(TokenMask mask) {
    return (site, activation) ->
        Scopes.compute(
            () -> {
              accumulators.get(site).add(mask.tokensFirst(site, activation));
              return null;
            });
  }

  /**
   * Adds the influence of a stretch of the residual stream that ends at this block.
   *
   * @param site {@link Site#BLOCK_INFLUENCE} or {@link Site#LAYER_INFLUENCE}
   * @param input {@code [B, T, h]} before the stretch
   * @param output {@code [B, T, h]} after it
   */
  public void recordInfluence(Site site, Tensor input, Tensor output, TokenMask mask) {
    double turned =
        Scopes.compute(() -> BlockInfluence.of(mask.tokens(input), mask.tokens(output)));
    influences
        .computeIfAbsent(site, s -> Tile.zeros(1, 1))
        .add(new double[] {turned}, mask.tokenCount());
  }

  /** Every tile so far, by key. */
  public Map<TileKey, Tile> tiles() {
    Map<TileKey, Tile> tiles = new TreeMap<>();
    accumulators.values().forEach(accumulator -> tiles.putAll(accumulator.tiles()));
    influences.forEach((site, tile) -> tiles.put(new TileKey(blockIndex, site, 0, 0), tile));
    return tiles;
  }

  private record SitesOf(int blockIndex) implements MixerVisitor<Map<Site, Accumulator>> {

    @Override
    public Map<Site, Accumulator> attention(Attention attention) {
      return Map.of(
          Site.QUERY, new SquareSumAccumulator(key(Site.QUERY)),
          Site.KEY, new SquareSumAccumulator(key(Site.KEY)),
          Site.VALUE, new HeadGramAccumulator(key(Site.VALUE)));
    }

    @Override
    public Map<Site, Accumulator> mlp(Mlp mlp) {
      return Map.of(
          Site.DOWN_INPUT, new GramAccumulator(key(Site.DOWN_INPUT), mlp.intermediateSize()));
    }

    private StatisticKey key(Site site) {
      return new StatisticKey(blockIndex, site);
    }
  }
}
