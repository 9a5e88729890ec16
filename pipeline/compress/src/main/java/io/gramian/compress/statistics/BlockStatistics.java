package io.gramian.compress.statistics;

import io.gramian.compress.forward.ProjectionInput;
import io.gramian.compress.forward.Site;
import io.gramian.compress.forward.SiteRecorder;
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
  private final Map<Site, SumAccumulator> sums;
  private final Map<Site, Tile> influences = new EnumMap<>(Site.class);

  /** What sorting needs of {@code block}, by any criterion. */
  public BlockStatistics(ResidualBlock block) {
    this(block, StatisticsChoice.ALL);
  }

  /** Of what sorting needs of {@code block}, that which is chosen. */
  public BlockStatistics(ResidualBlock block, StatisticsChoice choice) {
    this(block.blockIndex(), Sites.of(block, choice));
  }

  private BlockStatistics(int blockIndex, Sites sites) {
    this.blockIndex = blockIndex;
    accumulators = sites.activations();
    sums = sites.sums();
  }

  /**
   * Gram matrices {@code sum x x'} of inputs of a block's maps, and nothing else: what quantisation
   * needs.
   *
   * @param inputs one or more of one block (or the head's)
   */
  public static BlockStatistics ofInputs(List<ProjectionInput> inputs) {
    Map<Site, Accumulator> grams = new EnumMap<>(Site.class);
    for (ProjectionInput input : inputs) {
      grams.put(input.site(), new InputGramAccumulator(input));
    }
    return new BlockStatistics(inputs.get(0).blockIndex(), new Sites(grams, Map.of()));
  }

  /** The chosen ones of the sites that a block's mixer reports, in their declared order. */
  public static List<Site> sites(ResidualBlock block, StatisticsChoice choice) {
    Sites sites = Sites.of(block, choice);
    return Stream.concat(sites.activations().keySet().stream(), sites.sums().keySet().stream())
        .sorted()
        .toList();
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
      Accumulator accumulator = accumulators.get(site);
      if (accumulator != null) {
        Scopes.compute(
            () -> {
              accumulator.add(mask.tokensFirst(site, activation));
              return null;
            });
      }
    }

    @Override
    public Optional<Tensor> countedTokens() {
      return sums.isEmpty() ? Optional.empty() : Optional.of(mask.weights());
    }

    @Override
    public void recordSums(Site site, Tensor batch) {
      sums.get(site).add(batch, mask.tokenCount());
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
    sums.values().forEach(accumulator -> tiles.putAll(accumulator.tiles()));
    influences.forEach((site, tile) -> tiles.put(new TileKey(blockIndex, site, 0, 0), tile));
    return tiles;
  }

  /** How a mixer's sites are summed: from activations, or as sums that come ready. */
  private record Sites(Map<Site, Accumulator> activations, Map<Site, SumAccumulator> sums) {

    /** Accumulators hold nothing before they have seen something: those left out cost nothing. */
    static Sites of(ResidualBlock block, StatisticsChoice choice) {
      Sites all = block.mixer().accept(new SitesOf(block.blockIndex()));
      return new Sites(chosen(all.activations, choice), chosen(all.sums, choice));
    }

    private static <A> Map<Site, A> chosen(Map<Site, A> all, StatisticsChoice choice) {
      Map<Site, A> chosen = new EnumMap<>(Site.class);
      all.forEach(
          (site, accumulator) -> {
            if (choice.includes(site)) {
              chosen.put(site, accumulator);
            }
          });
      return chosen;
    }
  }

  private record SitesOf(int blockIndex) implements MixerVisitor<Sites> {

    @Override
    public Sites attention(Attention attention) {
      return new Sites(
          Map.of(
              Site.QUERY, new SquareSumAccumulator(key(Site.QUERY)),
              Site.KEY, new SquareSumAccumulator(key(Site.KEY)),
              Site.VALUE, new HeadGramAccumulator(key(Site.VALUE))),
          Map.of());
    }

    @Override
    public Sites mlp(Mlp mlp) {
      return new Sites(
          Map.of(
              Site.DOWN_INPUT, new GramAccumulator(key(Site.DOWN_INPUT), mlp.intermediateSize())),
          Map.of());
    }

    @Override
    public Sites mamba2(Mamba2 mamba2) {
      return new Sites(
          Map.of(
              Site.STATE_KEY, new SquareSumAccumulator(key(Site.STATE_KEY)),
              Site.STATE_QUERY, new SquareSumAccumulator(key(Site.STATE_QUERY)),
              Site.OUT_INPUT,
                  new GramAccumulator(key(Site.OUT_INPUT), mamba2.layout().innerSize())),
          Map.of(
              Site.STATE, new SumAccumulator(key(Site.STATE)),
              Site.STATE_OUTPUT, new SumAccumulator(key(Site.STATE_OUTPUT))));
    }

    private StatisticKey key(Site site) {
      return new StatisticKey(blockIndex, site);
    }
  }
}
