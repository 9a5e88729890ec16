package io.gramian.spark.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * An instruction and its answer as one text, all of which is learnt:
 *
 * <pre>{@code
 * Task: Name the capital.
 *
 * Given: Portugal
 *
 * Answer: Lisbon
 * }</pre>
 *
 * <p>The fields are {@code instruction} and {@code output}, both strings, and {@code input}, which
 * may be missing, null or blank; then its paragraph is left out.
 */
final class InstructionText {

  private static final String INSTRUCTION = "instruction";
  private static final String INPUT = "input";
  private static final String OUTPUT = "output";

  private InstructionText() {}

  /** The text, if the object holds an instruction. */
  static Optional<String> of(JsonNode document) {
    JsonNode input = document.path(INPUT);
    boolean isInstruction =
        document.path(INSTRUCTION).isTextual()
            && document.path(OUTPUT).isTextual()
            && (input.isMissingNode() || input.isNull() || input.isTextual());
    return isInstruction ? Optional.of(text(document)) : Optional.empty();
  }

  private static String text(JsonNode document) {
    String given = document.path(INPUT).asText("").strip();
    return "Task: "
        + document.path(INSTRUCTION).textValue().strip()
        + (given.isEmpty() ? "" : "\n\nGiven: " + given)
        + "\n\nAnswer: "
        + document.path(OUTPUT).textValue().strip();
  }
}
