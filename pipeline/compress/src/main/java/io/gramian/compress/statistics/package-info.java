/**
 * Sums over tokens of a block's activations: everything that sorting needs, and nothing else.
 *
 * <p>A statistic is a set of tiles, each an {@link io.gramian.compress.statistics.FixedPointSum}
 * with the number of tokens it saw. Tiles merge by addition that is exact, hence associative and
 * commutative to the bit: however a calibration set is cut, shuffled, retried or split over runs,
 * the same bytes come out. Nothing here knows Spark.
 *
 * <p>A decision reads tiles through {@link io.gramian.compress.statistics.StatisticTiles}, one at a
 * time from a file or from memory, and forms one matrix of doubles from them.
 *
 * <p>As the sums are exact, statistics of disjoint texts add up to that of both, and one can be
 * taken away again; {@link io.gramian.compress.statistics.StatisticMix} does so with files, and
 * lets sources count more or less by a {@link io.gramian.compress.statistics.Weight}.
 */
package io.gramian.compress.statistics;
