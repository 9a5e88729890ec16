package io.gramian.compress.statistics;

import io.gramian.compress.forward.Site;
import java.io.Serializable;
import java.util.Comparator;
import java.util.Locale;

/**
 * One statistic of a run: a site of a block.
 *
 * @param blockIndex residual block
 * @param site the activation
 */
public record StatisticKey(int blockIndex, Site site)
    implements Serializable, Comparable<StatisticKey> {

  private static final Comparator<StatisticKey> ORDER =
      Comparator.comparingInt(StatisticKey::blockIndex).thenComparing(StatisticKey::site);

  /** The file that holds it, for example {@code block-003.down-input.safetensors}. */
  public String fileName() {
    return String.format(Locale.ROOT, "block-%03d.%s.safetensors", blockIndex, site.label());
  }

  /** Its name in messages, for example {@code block 3, down-input}. */
  public String label() {
    return "block " + blockIndex + ", " + site.label();
  }

  @Override
  public int hashCode() {
    // An enum's own hash differs between JVMs; Spark partitions by this one.
    return blockIndex * 31 + site.label().hashCode();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StatisticKey that && ORDER.compare(this, that) == 0;
  }

  @Override
  public int compareTo(StatisticKey other) {
    return ORDER.compare(this, other);
  }
}
