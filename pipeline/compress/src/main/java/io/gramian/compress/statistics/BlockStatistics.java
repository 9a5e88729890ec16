package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
import io.gramian.compress.forward.StateChunk;
import io.gramian.compress.tensor.Scopes;
import io.gramian.model.Attention;
import io.gramian.model.Mamba2;
import io.gramian.model.MixerVisitor;
import io.gramian.model.Mlp;
import io.gramian.model.ResidualBlock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * All statistics of one residual block within one task: which sites it has, and how each is summed.
 *
 * <p>Not thread-safe: a task has its own, and tiles are merged afterwards.
 */
public final class BlockStatistics {

  private final int blockIndex;
  private final Map<Site, Accumulator> accumulators;
  private final Optional<StateAccumulator> states;
  private final Map<Site, Tile> influences = new EnumMap<>(Site.class);

  public BlockStatistics(ResidualBlock block) {
    blockIndex = block.blockIndex();
    Sums sums = block.mixer().accept(new SumsOf(blockIndex));
    accumulators = sums.accumulators();
    states = sums.states();
  }

  /** The sites that a block's mixer reports, in their declared order. */
  public static List<Site> sites(ResidualBlock block) {
    Sums sums = block.mixer().accept(new SumsOf(block.blockIndex()));
    Stream<Site> ofStates =
        sums.states().isPresent() ? Stream.of(Site.STATE, Site.STATE_OUTPUT) : Stream.empty();
    return Stream.concat(sums.accumulators().keySet().stream(), ofStates).sorted().toList();
  }

  /** A recorder for one forward pass over sequences with the given padding. */
  public SiteRecorder recorder(TokenMask mask) {
    return new MaskedRecorder(mask);
  }

  private final class MaskedRecorder implements SiteRecorder {

    private final TokenMask mask;

    MaskedRecorder(TokenMask mask) {
      this.mask = mask;
    }

    @Override
    public void record(Site site, Tensor activation) {
      Scopes.compute(
          () -> {
            accumulators.get(site).add(mask.tokensFirst(site, activation));
            return null;
          });
    }

    @Override
    public boolean wantsStates() {
      return states.isPresent();
    }

    @Override
    public void recordStates(StateChunk chunk) {
      states.orElseThrow().add(chunk, mask);
    }
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
    states.ifPresent(accumulator -> tiles.putAll(accumulator.tiles()));
    influences.forEach((site, tile) -> tiles.put(new TileKey(blockIndex, site, 0, 0), tile));
    return tiles;
  }

  /** How a mixer's sites are summed. */
  private record Sums(Map<Site, Accumulator> accumulators, Optional<StateAccumulator> states) {}

  private record SumsOf(int blockIndex) implements MixerVisitor<Sums> {

    @Override
    public Sums attention(Attention attention) {
      return new Sums(
          Map.of(
              Site.QUERY, new SquareSumAccumulator(key(Site.QUERY)),
              Site.KEY, new SquareSumAccumulator(key(Site.KEY)),
              Site.VALUE, new HeadGramAccumulator(key(Site.VALUE))),
          Optional.empty());
    }

    @Override
    public Sums mlp(Mlp mlp) {
      return new Sums(
          Map.of(
              Site.DOWN_INPUT, new GramAccumulator(key(Site.DOWN_INPUT), mlp.intermediateSize())),
          Optional.empty());
    }

    @Override
    public Sums mamba2(Mamba2 mamba2) {
      return new Sums(
          Map.of(
              Site.STATE_KEY, new SquareSumAccumulator(key(Site.STATE_KEY)),
              Site.STATE_QUERY, new SquareSumAccumulator(key(Site.STATE_QUERY)),
              Site.OUT_INPUT,
                  new GramAccumulator(key(Site.OUT_INPUT), mamba2.layout().innerSize())),
          Optional.of(new StateAccumulator(blockIndex, mamba2.layout())));
    }

    private StatisticKey key(Site site) {
      return new StatisticKey(blockIndex, site);
    }
  }
}
