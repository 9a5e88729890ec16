package io.gramian.spark.export;

import io.gramian.checkpoint.UserException;
import io.gramian.model.compressed.CompressedExport;
import io.gramian.model.export.Exporter;
import io.gramian.model.gguf.GgufExport;
import java.util.Arrays;
import java.util.List;

/** The formats that an artifact can be exported to. */
public enum ExportFormat {
  /** One file for llama.cpp and its kin. */
  GGUF("gguf", new GgufExport()),
  /** A Hugging Face folder for transformers and vLLM. */
  COMPRESSED_TENSORS("compressed-tensors", new CompressedExport());

  private final String label;

  @SuppressWarnings("ImmutableEnumChecker") // Exporters have no state.
  private final Exporter exporter;

  ExportFormat(String label, Exporter exporter) {
    this.label = label;
    this.exporter = exporter;
  }

  /**
   * The format of that name.
   *
   * @throws UserException if there is none
   */
  public static ExportFormat of(String label) {
    return Arrays.stream(values())
        .filter(format -> format.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException("--format " + label + " is not known: give one of " + labels()));
  }

  private static List<String> labels() {
    return Arrays.stream(values()).map(ExportFormat::label).toList();
  }

  /** The format's name. */
  public String label() {
    return label;
  }

  Exporter exporter() {
    return exporter;
  }
}
