package io.gramian.edge;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.edge.kernel.Kernels;
import java.io.IOException;
import java.nio.file.Path;

/** The sample's checkpoint, on one thread. */
public final class SampleModel {

  public static final LocalDirectory FOLDER =
      LocalDirectory.of(
          Path.of(System.getProperty("gramian.root")).resolve("calibration-data/llama-tiny"));

  private SampleModel() {}

  public static EdgeModel open() throws IOException {
    return EdgeModel.open(FOLDER, new EdgeSettings(1, Kernels.best()));
  }
}
