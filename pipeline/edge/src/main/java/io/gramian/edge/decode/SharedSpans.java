package io.gramian.edge.decode;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.Share;
import io.gramian.edge.kernel.WeightRows;
import java.util.ArrayList;
import java.util.List;

/** Rows shared out over a team in about equal parts, each of neighbours in memory. */
final class SharedSpans {

  private SharedSpans() {}

  /**
   * Every worker's rows of some maps that are shared out as if they were one.
   *
   * @param stored the rows of each
   * @return for each its places, by worker
   */
  static List<RowSpan[][]> of(List<WeightRows> maps, List<List<RowSpan>> stored, int workers) {
    int rows = stored.stream().mapToInt(SharedSpans::rows).sum();
    List<RowSpan[][]> shares = new ArrayList<>();
    int before = 0;
    for (int i = 0; i < maps.size(); i++) {
      List<RowSpan> places = maps.get(i).places(stored.get(i));
      int own = rows(places);
      int[] borders = new int[workers + 1];
      for (int worker = 0; worker < workers; worker++) {
        int target = Math.max(0, Math.min(own, new Share(worker, workers).to(rows) - before));
        borders[worker + 1] = border(places, target, maps.get(i).together());
      }
      shares.add(between(places, borders));
      before += own;
    }
    return shares;
  }

  /** A vector's, whose places are its rows. */
  static RowSpan[][] of(List<RowSpan> spans, int workers) {
    int[] borders = new int[workers + 1];
    for (int worker = 0; worker < workers; worker++) {
      borders[worker + 1] = border(spans, new Share(worker, workers).to(rows(spans)), 1);
    }
    return between(spans, borders);
  }

  private static int rows(List<RowSpan> spans) {
    return spans.stream().mapToInt(RowSpan::rows).sum();
  }

  /**
   * The place closest to the one with so many rows before it at which two workers may meet: none is
   * left out behind the last row.
   */
  private static int border(List<RowSpan> spans, int rows, int together) {
    int left = rows;
    for (RowSpan span : spans) {
      if (left < span.rows()) {
        return (span.from() + left + together / 2) / together * together;
      }
      left -= span.rows();
    }
    return Integer.MAX_VALUE;
  }

  private static RowSpan[][] between(List<RowSpan> spans, int[] borders) {
    RowSpan[][] shares = new RowSpan[borders.length - 1][];
    for (int worker = 0; worker < shares.length; worker++) {
      List<RowSpan> own = new ArrayList<>();
      for (RowSpan span : spans) {
        int from = Math.max(borders[worker], span.from());
        int to = Math.min(borders[worker + 1], span.to());
        if (from < to) {
          own.add(new RowSpan(from, to, span.output() + from - span.from()));
        }
      }
      shares[worker] = own.toArray(RowSpan[]::new);
    }
    return shares;
  }
}
