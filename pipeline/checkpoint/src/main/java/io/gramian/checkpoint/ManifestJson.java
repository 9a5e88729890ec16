package io.gramian.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/** Between a manifest and its JSON: keys sorted, times in ISO 8601 and UTC, nothing optional. */
final class ManifestJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new InstantDeserializer()))
          .build();

  private ManifestJson() {}

  static JsonNode tree(RunManifest manifest) {
    return MAPPER.valueToTree(manifest);
  }

  /**
   * Parses a manifest.
   *
   * @param name what messages call the file
   */
  static RunManifest parse(String name, String text) {
    try {
      return MAPPER.treeToValue(JsonDocument.parse(name, text), RunManifest.class);
    } catch (JsonMappingException e) {
      String where =
          e.getPath().stream()
              .map(step -> step.getFieldName() == null ? "" + step.getIndex() : step.getFieldName())
              .collect(Collectors.joining("."));
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: damaged at '%s': %s; delete it to start the run afresh",
              name,
              where,
              problem(e)),
          e);
    } catch (JsonProcessingException e) {
      throw JsonDocument.broken(name, e);
    }
  }

  /** Jackson's sentence without its advice to programmers, which follows in parentheses. */
  private static String problem(JsonMappingException e) {
    return RelativeName.printable(e.getOriginalMessage()).split(" \\(|;", 2)[0];
  }

  private static final class InstantDeserializer extends FromStringDeserializer<Instant> {

    private static final long serialVersionUID = 1L;

    InstantDeserializer() {
      super(Instant.class);
    }

    @Override
    protected Instant _deserialize(String value, DeserializationContext context)
        throws JsonMappingException {
      try {
        return Instant.parse(value);
      } catch (DateTimeException e) {
        throw JsonMappingException.from(context, "'" + value + "' is no time in ISO 8601", e);
      }
    }
  }
}
