package io.gramian.spark.sort;

import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.compress.forward.Site;
import io.gramian.compress.statistics.StatisticFile;
import io.gramian.compress.statistics.StatisticKey;
import io.gramian.compress.statistics.StatisticReader;
import io.gramian.compress.statistics.StatisticTiles;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * Statistics of one block, open for as long as a decision reads them. Large Gram matrices stay in
 * their files and are read a tile at a time; those of heads are small, and read whole, since a head
 * after the other looks at the same tile.
 */
final class OpenStatistics implements Closeable {

  private final Map<Site, StatisticTiles> bySite = new EnumMap<>(Site.class);
  private final Deque<SafetensorsFile> files = new ArrayDeque<>();

  private OpenStatistics() {}

  /**
   * Opens those of some sites.
   *
   * @throws io.gramian.checkpoint.UserException if one is missing or damaged
   */
  static OpenStatistics of(HadoopDirectory folder, int blockIndex, Set<Site> sites)
      throws IOException {
    OpenStatistics open = new OpenStatistics();
    try {
      for (Site site : sites) {
        open.open(folder, new StatisticKey(blockIndex, site));
      }
      return open;
    } catch (IOException | RuntimeException | Error e) {
      open.close();
      throw e;
    }
  }

  private void open(HadoopDirectory folder, StatisticKey key) throws IOException {
    SafetensorsFile file = SafetensorsFile.open(folder.open(key.fileName()));
    files.push(file);
    StatisticReader reader = StatisticReader.of(file);
    bySite.put(key.site(), reader.isTiled() ? reader : StatisticFile.read(file));
  }

  Map<Site, StatisticTiles> bySite() {
    return Collections.unmodifiableMap(bySite);
  }

  @Override
  public void close() throws IOException {
    while (!files.isEmpty()) {
      files.pop().close();
    }
  }
}
