package io.gramian.compress.statistics;

import io.gramian.checkpoint.UserException;
import java.util.List;
import java.util.SortedMap;
import org.bytedeco.pytorch.Tensor;

/**
 * One reduced statistic whose tiles are had one at a time: in memory a {@link Statistic}, on disk a
 * {@link StatisticReader}, which holds none of them.
 *
 * <p>What is formed from the tiles is the same to the bit wherever they come from. A tile of {@code
 * e} elements takes {@code 16 e} bytes of heap, and {@code 8 e} more while it is read or turned
 * into doubles; {@code e} is at most {@code 512^2} in a Gram matrix: 6 MiB.
 */
public interface StatisticTiles {

  /** Block and site. */
  StatisticKey key();

  /** Tokens summed over. */
  long tokens();

  /** {@code T}, the calibration set's nominal sequence length. */
  int sequenceLength();

  /** Which tiles there are, and the size of each, {@code [rows, columns]}. */
  SortedMap<TileKey, List<Long>> shapes();

  /**
   * One tile; each call may read it anew.
   *
   * @throws UserException if the file it comes from is damaged
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  Tile tile(TileKey place);

  /** {@code T / tokens}: what turns {@code G} into {@code C}. */
  default double correlationScale() {
    return (double) sequenceLength() / tokens();
  }

  /** Number of tiles in the first column: heads of a per-head statistic. */
  default int heads() {
    return (int) shapes().keySet().stream().filter(place -> place.column() == 0).count();
  }

  /** The sums of one head's tile, row-major. */
  default double[] head(int head) {
    return tile(new TileKey(key().blockIndex(), key().site(), head, 0)).sum().toDoubles();
  }

  /** The sums of a statistic that is one tile, row-major. */
  default double[] values() {
    return head(0);
  }

  /**
   * {@code C [n, n]}, F64, from the tiles on and above the diagonal; exactly symmetric. Takes
   * {@code 8 n^2} bytes of native memory and one tile.
   *
   * @throws UserException naming block and site, if tiles are missing
   */
  default Tensor correlation() {
    return new CorrelationMatrix(this).formed();
  }

  /**
   * {@code C o F [n, n]}, F64, exactly symmetric, multiplied as it is filled: no second matrix is
   * made. Takes {@code 8 n^2} bytes of native memory, one tile, and what {@code factor} takes for
   * one strip.
   *
   * @throws UserException naming block and site, if tiles are missing
   */
  default Tensor correlationTimes(StripFactor factor) {
    return new CorrelationMatrix(this).times(factor);
  }

  /** {@code diag(C) [n]}, from the tiles on the diagonal alone. */
  default double[] correlationDiagonal() {
    return new CorrelationMatrix(this).diagonal();
  }
}
