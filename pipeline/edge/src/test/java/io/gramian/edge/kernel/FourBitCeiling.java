package io.gramian.edge.kernel;

import io.gramian.checkpoint.packed.ColumnGroups;
import io.gramian.edge.team.WorkerTeam;
import java.util.List;

/** How many 4-bit weights a team multiplies a second where memory does not hold it up. */
public final class FourBitCeiling {

  private static final int ROWS = 64;
  private static final int ROUNDS = 40;
  private static final int REPEATS = 50;

  private FourBitCeiling() {}

  /** With rows that stay in each member's cache. */
  public static double weightsPerSecond(WorkerTeam team, int columns) {
    Kernels kernels = new VectorKernels();
    ColumnGroups groups = ColumnGroups.whole(columns, 128);
    int count = ROWS * team.size();
    FourBitTable table = new RandomRows(1).table(count, groups);
    FourBitPanels rows =
        new FourBitPanels(table, PanelShape.ofFixedColumns(groups, List.of(count)));
    InputLayout layout = kernels.layout(rows, ColumnPlan.prefixes(groups, List.of(columns)));
    Arranged input = new Arranged(layout, new float[layout.length()]);
    input.set(0, new RandomRows(2).gaussian(columns), 0);
    Product product = new Product(rows, new float[rows.rows()], rows.rows());
    RowSpan[][] spans = new RowSpan[team.size()][];
    for (int i = 0; i < spans.length; i++) {
      spans[i] = new RowSpan[] {new RowSpan(i * ROWS, (i + 1) * ROWS, i * ROWS)};
    }
    float[][] scratch = new float[team.size()][kernels.scratch(layout)];
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      team.run(
          worker -> {
            for (int repeat = 0; repeat < REPEATS; repeat++) {
              kernels.multiply(product, input, spans[worker.index()], 1, scratch[worker.index()]);
            }
          });
      double seconds = (System.nanoTime() - start) * 1e-9;
      best = Math.max(best, (double) REPEATS * rows.rows() * columns / seconds);
    }
    return best;
  }
}
