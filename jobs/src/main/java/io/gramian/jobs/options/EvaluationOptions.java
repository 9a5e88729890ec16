package io.gramian.jobs.options;

import io.gramian.spark.run.TextSource;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** The model, and the held-out text to score it on. */
public final class EvaluationOptions {

  @Mixin private ModelOptions models;
  @Mixin private HeldOutOptions heldOut;
  @Mixin private CutOptions cut;

  /** The model that was given. */
  public Optional<String> givenModel() {
    return models.given();
  }

  /**
   * The text that was given, or the sample's for the sample's model.
   *
   * @throws io.gramian.checkpoint.UserException if none was given for another model
   */
  public TextSource text(String model) {
    return heldOut.text(model, cut);
  }
}
