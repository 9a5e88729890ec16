package io.gramian.model.family;

import io.gramian.checkpoint.HfConfig;
import io.gramian.checkpoint.UserException;
import io.gramian.model.DecoderSpec;
import java.util.List;
import java.util.stream.Collectors;

/** The supported families, an explicit list. */
public final class Families {

  private static final List<ModelFamily> ALL =
      List.of(new Llama(), new Qwen2(), new Mamba2Family(), new Bamba(), new NemotronH());

  private Families() {}

  /** Every supported family. */
  public static List<ModelFamily> all() {
    return ALL;
  }

  /**
   * The decoder that {@code config} describes, by its {@code model_type}.
   *
   * @throws UserException for an unknown model type, weights that are already quantised, and
   *     whatever the family refuses
   */
  public static DecoderSpec describe(HfConfig config) {
    String modelType = config.requireString("model_type");
    ModelFamily family =
        ALL.stream()
            .filter(candidate -> candidate.modelType().equals(modelType))
            .findFirst()
            .orElseThrow(() -> unknown(config, modelType));
    if (config.has("quantization_config")) {
      throw new UserException(
          config.name()
              + ": quantization_config: the weights are already quantised; give the checkpoint"
              + " that they were made from");
    }
    return family.describe(config);
  }

  private static UserException unknown(HfConfig config, String modelType) {
    String supported =
        ALL.stream().map(ModelFamily::modelType).sorted().collect(Collectors.joining(", "));
    return new UserException(
        config.name()
            + ": model_type \""
            + modelType
            + "\" is not supported: only "
            + supported
            + " are");
  }
}
