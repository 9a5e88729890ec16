package io.gramian.compress;

import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.BlockStatistics;
import io.gramian.compress.statistics.Statistic;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/** Statistics of a whole small model on one thread. */
public final class Calibration {

  private Calibration() {}

  /** Statistics by block and site over {@code ids [sequences, positions]}, in batches. */
  public static Map<Integer, Map<Site, Statistic>> run(
      LoadedDecoder decoder, int[] ids, int positions, int batch) {
    Map<Integer, BlockStatistics> collectors = new HashMap<>();
    decoder.spec().blocks().forEach(b -> collectors.put(b.blockIndex(), new BlockStatistics(b)));
    int sequences = ids.length / positions;
    for (int from = 0; from < sequences; from += batch) {
      int rows = Math.min(batch, sequences - from);
      int[] part = Arrays.copyOfRange(ids, from * positions, (from + rows) * positions);
      try (PointerScope scope = new PointerScope()) {
        decoder.collect(part, rows, positions, collectors);
      }
    }
    Map<Integer, Map<Site, Statistic>> reduced = new HashMap<>();
    collectors.forEach(
        (index, collector) -> reduced.put(index, Statistic.bySite(collector.tiles(), positions)));
    return reduced;
  }
}
