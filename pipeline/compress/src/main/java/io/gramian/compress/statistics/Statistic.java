package io.gramian.compress.statistics;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * One reduced statistic: the tiles of a site of a block, and how many tokens they saw.
 *
 * <p>{@code G} and the token count are what is stored; the correlation of algorithms.md section 1
 * is {@code C = G * T / tokens} with {@code T} the nominal sequence length, so that full sequences
 * give the paper's {@code (1/S) sum_i X_i'X_i} and padding shifts nothing.
 */
public final class Statistic implements StatisticTiles {

  /** What the rounding of weighted sums may leave of a zero. */
  private static final double ROUNDING = 0x1p-38;

  private final StatisticKey key;
  private final TreeMap<TileKey, Tile> tiles;
  private final int sequenceLength;

  /**
   * Puts a statistic together.
   *
   * @param tiles at least one, all with the same number of tokens
   * @param sequenceLength {@code T}, the calibration set's nominal sequence length
   */
  public Statistic(StatisticKey key, Map<TileKey, Tile> tiles, int sequenceLength) {
    this.key = key;
    this.tiles = new TreeMap<>(tiles);
    this.sequenceLength = sequenceLength;
    if (this.tiles.values().stream().mapToLong(Tile::tokens).distinct().count() != 1) {
      throw new IllegalArgumentException(key + " needs tiles over one and the same set of tokens");
    }
  }

  /** The statistics of one block, from all its tiles. */
  public static Map<Site, Statistic> bySite(Map<TileKey, Tile> tiles, int sequenceLength) {
    Map<StatisticKey, Map<TileKey, Tile>> groups = new TreeMap<>();
    tiles.forEach(
        (place, tile) ->
            groups.computeIfAbsent(place.statistic(), key -> new TreeMap<>()).put(place, tile));
    Map<Site, Statistic> statistics = new EnumMap<>(Site.class);
    groups.forEach(
        (key, own) -> statistics.put(key.site(), new Statistic(key, own, sequenceLength)));
    return statistics;
  }

  @Override
  public StatisticKey key() {
    return key;
  }

  public Map<TileKey, Tile> tiles() {
    return Map.copyOf(tiles);
  }

  @Override
  public SortedMap<TileKey, List<Long>> shapes() {
    SortedMap<TileKey, List<Long>> shapes = new TreeMap<>();
    tiles.forEach(
        (place, tile) -> shapes.put(place, List.of((long) tile.rows(), (long) tile.columns())));
    return shapes;
  }

  @Override
  public Tile tile(TileKey place) {
    return tiles.get(place);
  }

  @Override
  public int sequenceLength() {
    return sequenceLength;
  }

  @Override
  public long tokens() {
    return tiles.firstEntry().getValue().tokens();
  }

  /**
   * What one pass over both texts would have summed up, to the bit.
   *
   * @throws UserException naming block and site, if the two do not go together or a sum overflows
   */
  public Statistic plus(Statistic other) {
    return combined(other, Tile::plus);
  }

  /**
   * What is left without a part: undoes {@link #plus}, to the bit.
   *
   * @throws UserException naming block and site, if the two do not go together, no token is left,
   *     or a sum of squares turns negative: then the other is no part of this one
   */
  public Statistic minus(Statistic other) {
    if (tokens() <= other.tokens()) {
      throw failure(
          String.format(
              Locale.ROOT,
              "%,d tokens cannot be taken from %,d: what is subtracted is no part of what is added",
              other.tokens(),
              tokens()));
    }
    Statistic rest = combined(other, Tile::minus);
    rest.tiles.forEach(rest::requireSquares);
    return rest;
  }

  /**
   * As if every token counted {@code weight} times. Sums are rounded to their last bit and the
   * token count to a whole number, halves to even; for a whole weight nothing is.
   *
   * <p>{@code C = G T / tokens} of a mix {@code sum_k w_k G_k} over {@code sum_k w_k t_k} tokens is
   * therefore the average of the sources' {@code C_k} with shares {@code w_k t_k}, and of the same
   * size whatever the weights are multiplied by: lambda and the influences of blocks keep their
   * meaning. Rounding the count changes it by less than one part in {@code 2 w_k t_k}.
   *
   * @throws UserException naming block and site, if a product overflows, or the weight is so small
   *     that it leaves less than half a token
   */
  public Statistic times(Weight weight) {
    TreeMap<TileKey, Tile> products = new TreeMap<>();
    guarded(() -> tiles.forEach((place, tile) -> products.put(place, tile.times(weight))));
    if (products.firstEntry().getValue().tokens() == 0) {
      throw failure(
          String.format(
              Locale.ROOT,
              "weight %s leaves none of %,d tokens: multiply all weights by the same large number,"
                  + " which gives the same mix",
              weight,
              tokens()));
    }
    return new Statistic(key, products, sequenceLength);
  }

  private Statistic combined(Statistic other, BinaryOperator<Tile> operation) {
    requireSameKind(other);
    Map<TileKey, Tile> results = new TreeMap<>();
    guarded(
        () ->
            tiles.forEach(
                (place, tile) ->
                    results.put(place, operation.apply(tile, other.tiles.get(place)))));
    return new Statistic(key, results, sequenceLength);
  }

  private void requireSameKind(Statistic other) {
    if (!key.equals(other.key)) {
      throw failure("cannot be combined with " + other.key.label());
    }
    if (sequenceLength != other.sequenceLength) {
      throw failure(
          "sequences of at most "
              + sequenceLength
              + " tokens here and "
              + other.sequenceLength
              + " there: what is to be combined has to be calibrated with one sequence length");
    }
    if (!tiles.keySet().equals(other.tiles.keySet())) {
      throw failure("tiles " + tiles.keySet() + " here, " + other.tiles.keySet() + " there");
    }
  }

  private void guarded(Runnable operation) {
    try {
      operation.run();
    } catch (ArithmeticException e) {
      throw failure(
          "the sum leaves the range of 2^71 (2.4e21) that it can have: give smaller weights, or"
              + " calibrate on less text");
    }
  }

  private UserException failure(String what) {
    return new UserException(key.label() + ": " + what);
  }

  /** Influences are sums of {@code 1 - cos}, which rounding may leave a trace below 0. */
  private void requireSquares(TileKey place, Tile tile) {
    boolean influence = key.site() == Site.BLOCK_INFLUENCE || key.site() == Site.LAYER_INFLUENCE;
    double least = influence || place.column() > place.row() ? 0 : tile.leastSquare();
    if (least < -ROUNDING) {
      throw failure(
          String.format(
              Locale.ROOT,
              "a sum of squares would be %.3g: what is subtracted is no part of what is added",
              least));
    }
  }
}
