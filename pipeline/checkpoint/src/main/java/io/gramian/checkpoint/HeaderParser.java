package io.gramian.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the JSON of a safetensors header token by token, so that a hostile one costs no more than
 * its own length, and checks every tensor by itself: element type, axes, byte range.
 */
final class HeaderParser {

  /** What the JSON holds, tensors in its order. */
  record Content(Map<String, String> metadata, List<TensorInfo> tensors) {}

  /** numpy's limit; a real tensor has five at most. */
  private static final int MAXIMUM_AXES = 64;

  /** No tables of field names: a hostile header can make their hashes collide. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final String file;
  private final long dataBytes;
  private final JsonParser parser;
  private final Map<String, String> metadata = new TreeMap<>();
  private final List<TensorInfo> tensors = new ArrayList<>();

  private HeaderParser(String file, long dataBytes, JsonParser parser) {
    this.file = file;
    this.dataBytes = dataBytes;
    this.parser = parser;
  }

  /**
   * Parses {@code json}.
   *
   * @param file what messages call the file
   * @param dataBytes bytes of the file after the header
   */
  static Content parse(String file, byte[] json, long dataBytes) throws IOException {
    if (json.length == 0 || json[0] != '{') {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: the safetensors header must be a JSON object, but does not start with '{'",
              file));
    }
    try (JsonParser parser = JSON.createParser(json)) {
      HeaderParser header = new HeaderParser(file, dataBytes, parser);
      header.readObject();
      return new Content(Collections.unmodifiableMap(header.metadata), List.copyOf(header.tensors));
    } catch (JsonProcessingException e) {
      long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
      String reason = RelativeName.printable(e.getOriginalMessage());
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: the safetensors header is broken at its byte %d: %s",
              file,
              at,
              reason),
          e);
    } catch (CharConversionException e) {
      throw new UserException(
          String.format(
              Locale.ROOT, "%s: the safetensors header is not UTF-8: %s", file, e.getMessage()),
          e);
    }
  }

  private void readObject() throws IOException {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals(SafetensorsHeader.METADATA)) {
        readMetadata();
      } else {
        tensors.add(readTensor(name));
      }
    }
    if (parser.nextToken() != null) {
      throw new UserException(
          String.format(
              Locale.ROOT, "%s: the safetensors header holds more than one JSON object", file));
    }
  }

  private void readMetadata() throws IOException {
    expect(JsonToken.START_OBJECT, SafetensorsHeader.METADATA, "an object of strings");
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      expect(JsonToken.VALUE_STRING, SafetensorsHeader.METADATA + "." + key, "a string");
      metadata.put(key, parser.getText());
    }
  }

  private TensorInfo readTensor(String name) throws IOException {
    if (!RelativeName.isOneLine(name)) {
      throw tensorError(name, "has control characters in its name");
    }
    expect(JsonToken.START_OBJECT, name, "an object with dtype, shape and data_offsets");
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> {
          expect(JsonToken.VALUE_STRING, name + ".dtype", "a string");
          dtype = parser.getText();
        }
        case "shape" -> shape = readSizes(name, field);
        case "data_offsets" -> offsets = readSizes(name, field);
        default -> parser.skipChildren();
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw tensorError(name, "lacks one of dtype, shape and data_offsets");
    }
    if (offsets.size() != 2) {
      throw tensorError(
          name, String.format(Locale.ROOT, "has %d data_offsets instead of 2", offsets.size()));
    }
    return check(new TensorInfo(name, dtype(name, dtype), shape, offsets.get(0), offsets.get(1)));
  }

  private List<Long> readSizes(String name, String field) throws IOException {
    expect(JsonToken.START_ARRAY, name + "." + field, "a list of integers");
    List<Long> sizes = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(JsonToken.VALUE_NUMBER_INT, name + "." + field, "a list of integers");
      long size = parser.getLongValue();
      if (size < 0) {
        throw tensorError(
            name,
            String.format(Locale.ROOT, "has %d in its %s: sizes are not negative", size, field));
      }
      if (sizes.size() == MAXIMUM_AXES) {
        throw tensorError(
            name,
            String.format(Locale.ROOT, "has more than %d values in its %s", MAXIMUM_AXES, field));
      }
      sizes.add(size);
    }
    return sizes;
  }

  private DType dtype(String name, String dtype) {
    return Arrays.stream(DType.values())
        .filter(known -> known.name().equals(dtype))
        .findFirst()
        .orElseThrow(
            () ->
                tensorError(
                    name,
                    String.format(
                        Locale.ROOT,
                        "has element type '%s'; known are %s",
                        dtype,
                        Arrays.toString(DType.values()))));
  }

  private TensorInfo check(TensorInfo tensor) {
    if (tensor.begin() > tensor.end()) {
      throw tensorError(
          tensor.name(),
          String.format(
              Locale.ROOT, "begins at byte %d, after its end %d", tensor.begin(), tensor.end()));
    }
    if (tensor.end() > dataBytes) {
      throw tensorError(
          tensor.name(),
          String.format(
              Locale.ROOT,
              "ends at byte %d of the data, which has only %d: the file is truncated, fetch it again",
              tensor.end(),
              dataBytes));
    }
    if (tensor.bytes() != shapeBytes(tensor)) {
      throw tensorError(
          tensor.name(),
          String.format(
              Locale.ROOT,
              "is %s %s = %d bytes, but its byte range %d to %d holds %d",
              tensor.dtype(),
              tensor.shape(),
              shapeBytes(tensor),
              tensor.begin(),
              tensor.end(),
              tensor.bytes()));
    }
    return tensor;
  }

  private long shapeBytes(TensorInfo tensor) {
    try {
      return Math.multiplyExact(tensor.elements(), tensor.dtype().bytes());
    } catch (ArithmeticException e) {
      throw tensorError(
          tensor.name(),
          String.format(
              Locale.ROOT,
              "is %s %s, more bytes than a 64-bit number holds",
              tensor.dtype(),
              tensor.shape()));
    }
  }

  private void expect(JsonToken token, String where, String what) throws IOException {
    if (parser.currentToken() != token) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: '%s' in the safetensors header is %s instead of %s",
              file,
              RelativeName.printable(where),
              describe(parser.currentToken()),
              what));
    }
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a string";
      case VALUE_NUMBER_INT -> "an integer";
      case VALUE_NUMBER_FLOAT -> "a fraction";
      case VALUE_TRUE, VALUE_FALSE -> "a boolean";
      default -> "null";
    };
  }

  private UserException tensorError(String name, String problem) {
    return new UserException(
        String.format(
            Locale.ROOT, "%s: tensor '%s' %s", file, RelativeName.printable(name), problem));
  }
}
