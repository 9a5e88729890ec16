package io.gramian.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The small JSON files of a checkpoint and a run: objects, read whole, with errors that name the
 * file and the place; written indented by two spaces with {@code \n}, whatever the platform.
 */
final class JsonDocument {

  /** As for a safetensors header; the index of the largest published checkpoint has a few MB. */
  private static final long MAXIMUM_BYTES = SafetensorsHeader.MAXIMUM_BYTES;

  private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");

  private static final Separators SEPARATORS =
      Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER);

  /** Real config.json files hold {@code Infinity}. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonDocument() {}

  /** What error messages call {@code file} in {@code directory}. */
  static String nameOf(Directory directory, String file) {
    return directory.name() + "/" + file;
  }

  /**
   * The text of a file.
   *
   * @throws UserException if it cannot be read or is larger than 100 MB
   */
  static String text(Directory directory, String file) {
    String name = nameOf(directory, file);
    try (ByteSource source = directory.open(file)) {
      if (source.size() > MAXIMUM_BYTES) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: %d bytes are too many for a JSON file, at most %d are read",
                name,
                source.size(),
                MAXIMUM_BYTES));
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(source.size()));
      source.read(0, bytes);
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new UserException(
          String.format(Locale.ROOT, "%s: the file is not UTF-8 text", name), e);
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  /**
   * Parses a text that must be one JSON object.
   *
   * @param name what messages call it
   */
  static ObjectNode parse(String name, String text) {
    try {
      JsonNode node = MAPPER.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: a JSON object is expected, but the file holds %s",
              name,
              describe(node)));
    } catch (JsonProcessingException e) {
      throw broken(name, e);
    }
  }

  /** The failure of JSON itself, on one line. */
  static UserException broken(String name, JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : String.format(
                Locale.ROOT,
                " at line %d, column %d",
                e.getLocation().getLineNr(),
                e.getLocation().getColumnNr());
    return new UserException(
        String.format(
            Locale.ROOT,
            "%s: not valid JSON%s: %s",
            name,
            where,
            RelativeName.printable(e.getOriginalMessage())),
        e);
  }

  /** The failure to read a file at all. */
  static UserException unreadable(String name, IOException e) {
    return new UserException(
        String.format(
            Locale.ROOT,
            "%s: cannot be read (%s: %s)",
            name,
            e.getClass().getSimpleName(),
            e.getMessage()),
        e);
  }

  /** Writes {@code document} with a final line break; it replaces an older file at once. */
  static void write(Directory directory, String file, JsonNode document) throws IOException {
    // A fresh printer each time, because it keeps state.
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(SEPARATORS)
            .withObjectIndenter(INDENTER)
            .withArrayIndenter(INDENTER);
    TextFile.write(directory, file, MAPPER.writer(printer).writeValueAsString(document) + "\n");
  }

  /** A value as messages show it: its kind, and the value itself if it is short. */
  static String describe(JsonNode node) {
    String text = RelativeName.printable(node.toString());
    return switch (node.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> text.length() > 60 ? "a list of " + node.size() : "the list " + text;
      case STRING -> text.length() > 60 ? "a long string" : "the string " + text;
      case NUMBER -> "the number " + node.asText();
      case BOOLEAN -> text;
      default -> "nothing";
    };
  }
}
