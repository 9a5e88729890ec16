package io.gramian.spark.run;

import java.io.IOException;
import java.util.List;

/** The work of a phase. */
@FunctionalInterface
interface PhaseBody {

  /**
   * Does it.
   *
   * @return the folders within the run that hold the outputs, and outputs directly in the run
   */
  List<String> run() throws IOException;
}
