package io.gramian.edge.decode;

import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.Share;
import java.util.ArrayList;
import java.util.List;

/** Spans shared out over a team in about equal parts. */
final class SharedSpans {

  private SharedSpans() {}

  /**
   * Every worker's spans.
   *
   * @param spans in ascending order
   * @param together places of which a multiple lies before the border of two workers
   */
  static RowSpan[][] of(List<RowSpan> spans, int together, int workers) {
    int rows = spans.stream().mapToInt(RowSpan::rows).sum();
    RowSpan[][] shares = new RowSpan[workers][];
    int from = 0;
    for (int worker = 0; worker < workers; worker++) {
      boolean last = worker == workers - 1;
      int target = new Share(worker, workers).to(rows);
      int to = last ? Integer.MAX_VALUE : (place(spans, target) + together / 2) / together;
      to = last ? to : to * together;
      shares[worker] = between(spans, from, to);
      from = to;
    }
    return shares;
  }

  /** The place with so many rows before it. */
  private static int place(List<RowSpan> spans, int rows) {
    int left = rows;
    for (RowSpan span : spans) {
      if (left < span.rows()) {
        return span.from() + left;
      }
      left -= span.rows();
    }
    return spans.isEmpty() ? 0 : spans.get(spans.size() - 1).to();
  }

  private static RowSpan[] between(List<RowSpan> spans, int first, int last) {
    List<RowSpan> own = new ArrayList<>();
    for (RowSpan span : spans) {
      int from = Math.max(first, span.from());
      int to = Math.min(last, span.to());
      if (from < to) {
        own.add(new RowSpan(from, to, span.output() + from - span.from()));
      }
    }
    return own.toArray(RowSpan[]::new);
  }
}
