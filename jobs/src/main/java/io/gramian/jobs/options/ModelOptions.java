package io.gramian.jobs.options;

import java.util.Optional;
import picocli.CommandLine.Option;

/** {@code --model}. */
public final class ModelOptions {

  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      description =
          "Checkpoint folder as Hugging Face publishes it: config.json, tokenizer.json and"
              + " safetensors. Without --model and --calibration: the sample.")
  private Optional<String> model;

  /** The folder that was given. */
  Optional<String> given() {
    return model;
  }

  /**
   * The folder that was given, or the sample's.
   *
   * @throws io.gramian.checkpoint.UserException if none was given and there is no sample
   */
  public String orSample() {
    return model.orElseGet(ModelOptions::sample);
  }

  /**
   * The sample's checkpoint.
   *
   * @throws io.gramian.checkpoint.UserException if there is no sample
   */
  public static String sample() {
    return Sample.find().model();
  }
}
