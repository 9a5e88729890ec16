package io.gramian.spark.report;

import io.gramian.model.allocation.Allocation;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Reads {@code ratios/}, whatever ratios are there. */
final class WidthFiles {

  static final String RATIOS = "ratios";

  private final HadoopDirectory ratios;

  WidthFiles(HadoopDirectory run) {
    this.ratios = run.resolve(RATIOS);
  }

  /**
   * The widths of every ratio, wide to narrow; none if nothing was allocated.
   *
   * @throws io.gramian.checkpoint.UserException if a file is no allocation
   */
  List<ChosenWidths> read() throws IOException {
    List<ChosenWidths> all = new ArrayList<>();
    for (String file : ratios.list()) {
      if (file.matches("keep-.*\\.json")) {
        all.add(ChosenWidths.of(Allocation.read(ratios, file)));
      }
    }
    all.sort(Comparator.comparingDouble(ChosenWidths::keepRatio).reversed());
    return all;
  }
}
