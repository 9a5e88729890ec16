package io.gramian.compress.statistics;

import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@code sum_k w_k G_k - sum_l G_l} of one statistic on several texts, made tile by tile: however
 * large the statistic, memory holds three of its tiles (2 MiB of words each).
 *
 * @param added at least one
 * @param subtracted parts of the sum of those added
 */
public record StatisticMix(List<Part> added, List<StatisticReader> subtracted) {

  public StatisticMix {
    added = List.copyOf(added);
    subtracted = List.copyOf(subtracted);
  }

  /** A statistic and how often its tokens count. */
  public record Part(StatisticReader statistic, Weight weight) {}

  /**
   * Writes the {@link StatisticFile} of the mix and closes {@code out}.
   *
   * @throws UserException naming block and site, if the statistics do not go together, a sum
   *     overflows, or what is subtracted is no part of what is added
   */
  public void write(OutputStream out) throws IOException {
    StatisticReader first = added.get(0).statistic();
    Stream.concat(added.stream().map(Part::statistic), subtracted.stream())
        .filter(other -> !other.shapes().equals(first.shapes()))
        .forEach(other -> refuse(first, other));
    StatisticFile.write(first.shapes(), this::tile, out);
  }

  private static void refuse(StatisticReader first, StatisticReader other) {
    throw new UserException(
        "%s and %s hold tiles of different sizes: they are not of one model"
            .formatted(first.name(), other.name()));
  }

  private Statistic tile(TileKey place) throws IOException {
    Statistic sum = weighted(added.get(0), place);
    for (Part part : added.subList(1, added.size())) {
      sum = sum.plus(weighted(part, place));
    }
    for (StatisticReader part : subtracted) {
      sum = sum.minus(part.part(Set.of(place)));
    }
    return sum;
  }

  private static Statistic weighted(Part part, TileKey place) throws IOException {
    Statistic statistic = part.statistic().part(Set.of(place));
    return part.weight().equals(Weight.ONE) ? statistic : statistic.times(part.weight());
  }
}
