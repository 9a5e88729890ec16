package io.gramian.jobs.options;

import io.gramian.spark.run.ExistingOutputs;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --output}: the folder of the run. */
public final class RunOptions {

  @Option(
      names = "--output",
      paramLabel = "RUN",
      description = "Folder for the results (default: runs/ and the name of the model folder).")
  private Optional<String> output;

  @Option(
      names = "--overwrite",
      description =
          "Replace results in that folder that came from another model, text or option; without"
              + " it they are kept and the command stops.")
  private boolean overwrite;

  /** What to do with results that came from something else. */
  public ExistingOutputs existing() {
    return overwrite ? ExistingOutputs.REPLACE : ExistingOutputs.REFUSE;
  }

  /** The folder that was given. */
  public Optional<String> given() {
    return output;
  }

  /**
   * The folder that was given, or {@code runs/NAME} under the working directory, where {@code NAME}
   * is that of the model's folder.
   */
  public String output(String model) {
    return output.orElseGet(() -> folderOf(model));
  }

  /** {@code runs/NAME}, where {@code NAME} is that of the model's folder. */
  public static String folderOf(String model) {
    return "runs/" + nameOf(model);
  }

  private static String nameOf(String model) {
    String trimmed = model.replaceAll("/+$", "");
    String name = trimmed.substring(trimmed.lastIndexOf('/') + 1);
    return switch (name) {
      case "" -> "model";
      case ".", ".." -> String.valueOf(Path.of(model).toAbsolutePath().normalize().getFileName());
      default -> name;
    };
  }
}
