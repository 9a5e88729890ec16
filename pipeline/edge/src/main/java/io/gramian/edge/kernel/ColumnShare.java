package io.gramian.edge.kernel;

/**
 * A worker's part of a product's columns, in the order of memory: some chunks of columns of all
 * rows, of the first and the last of them perhaps only some panels of rows. Made by {@link
 * Kernels#columns}. Immutable.
 */
public final class ColumnShare {

  private final int firstChunk;
  private final int lastChunk;
  private final int firstPanel;
  private final int endPanel;
  private final int panels;
  private final int from;
  private final int to;

  private ColumnShare(Chunks chunks, int panels, int from, int to) {
    this.firstChunk = chunks.first;
    this.lastChunk = chunks.last;
    this.firstPanel = chunks.firstPanel;
    this.endPanel = chunks.endPanel;
    this.panels = panels;
    this.from = from;
    this.to = to;
  }

  /** From a panel of the first chunk up to, not including, one of the last. */
  private record Chunks(int first, int firstPanel, int last, int endPanel) {}

  static ColumnShare of(PanelLayout layout, Share share) {
    int panels = layout.shape().panels();
    long begin = border(layout, share.index(), share.of());
    long end = border(layout, share.index() + 1, share.of());
    Chunks own = new Chunks(0, 0, -1, 0);
    int from = Integer.MAX_VALUE;
    int to = 0;
    for (int chunk = 0; chunk < layout.chunks(); chunk++) {
      long before = (long) layout.blocksBefore(chunk) * panels;
      int first = panel(begin - before, layout.blocks(chunk), panels);
      int last = panel(end - before, layout.blocks(chunk), panels);
      if (first < last) {
        boolean begins = own.last < 0;
        own = new Chunks(begins ? chunk : own.first, begins ? first : own.firstPanel, chunk, last);
        from = Math.min(from, layout.firstInput(chunk));
        to = Math.max(to, layout.endInput(chunk));
      }
    }
    return new ColumnShare(own, panels, Math.min(from, to), to);
  }

  /**
   * Where a share begins, in blocks of eight columns of a panel. On the border of a chunk, if that
   * is no further than a twentieth of a share from where it should be: who has whole chunks may be
   * the only one who needs their inputs.
   */
  private static long border(PanelLayout layout, int share, int of) {
    int panels = layout.shape().panels();
    long all = (long) layout.blocks() * panels;
    long even = all * share / of;
    for (int chunk = 0; chunk < layout.chunks(); chunk++) {
      long border = (long) layout.blocksBefore(chunk) * panels;
      if (Math.abs(border - even) * 20 * of <= all) {
        return border;
      }
    }
    return even;
  }

  /** How many of the panels of a chunk lie before some of its blocks. */
  private static int panel(long blocks, int perPanel, int panels) {
    return perPanel == 0 ? 0 : (int) Math.max(0, Math.min(panels, blocks / perPanel));
  }

  /** The first input that is needed, or one before it: those of some heads have gaps. */
  public int from() {
    return from;
  }

  /** One past the last input that is needed. */
  public int to() {
    return to;
  }

  /** The first chunk. */
  int firstChunk() {
    return firstChunk;
  }

  /** The last chunk; before the first if there is none. */
  int lastChunk() {
    return lastChunk;
  }

  /** The first panel of a chunk. */
  int firstPanel(int chunk) {
    return chunk == firstChunk ? firstPanel : 0;
  }

  /** One past the last panel of a chunk. */
  int endPanel(int chunk) {
    return chunk == lastChunk ? endPanel : panels;
  }
}
