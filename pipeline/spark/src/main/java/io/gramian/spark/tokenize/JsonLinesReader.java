package io.gramian.spark.tokenize;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.lib.input.LineRecordReader;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/**
 * Lines of JSON objects; blank lines are passed over. A line's text is its field of the given name;
 * a line without that field that holds an instruction and its answer is spelt out ({@link
 * InstructionText}).
 */
final class JsonLinesReader implements DocumentReader {

  private static final ObjectReader JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(JsonNode.class);

  private final CorpusSplit split;
  private final String field;
  private final LineRecordReader lines = new LineRecordReader();
  private String text = "";

  JsonLinesReader(CorpusSplit split, String field, Configuration configuration) throws IOException {
    this.split = split;
    this.field = field;
    lines.initialize(
        new FileSplit(split.path(), split.start(), split.length(), new String[0]),
        new TaskAttemptContextImpl(configuration, new TaskAttemptID()));
  }

  @Override
  public boolean advance() throws IOException {
    while (lines.nextKeyValue()) {
      Text line = lines.getCurrentValue();
      if (!isBlank(line)) {
        text = text(line);
        return true;
      }
    }
    return false;
  }

  @Override
  public String text() {
    return text;
  }

  @Override
  public String where() {
    return String.format(
        Locale.ROOT,
        "%s: the line at byte %d%s",
        split.file(),
        lines.getCurrentKey().get(),
        DocumentFormat.isCompressed(split.file()) ? " of the uncompressed text" : "");
  }

  @Override
  public float progress() throws IOException {
    return lines.getProgress();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }

  private String text(Text line) throws IOException {
    JsonNode document = parse(line);
    if (!document.isObject()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s is a JSON %s; wanted is one object a line, as in {\"%s\": \"...\"}",
              where(),
              kind(document),
              field));
    }
    JsonNode value = document.path(field);
    return value.isTextual()
        ? value.textValue()
        : InstructionText.of(document).orElseThrow(() -> noText(document));
  }

  private UserException noText(JsonNode document) {
    return new UserException(
        String.format(
            Locale.ROOT,
            "%s has no string field '%s'; its fields are: %s. Choose one with --text-column",
            where(),
            field,
            fields(document)));
  }

  private JsonNode parse(Text line) throws IOException {
    try {
      return JSON.readTree(line.getBytes(), 0, line.getLength());
    } catch (JsonProcessingException e) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s is not JSON (%s); wanted is one object a line, as in {\"%s\": \"...\"}",
              where(),
              firstLine(e.getOriginalMessage()),
              field),
          e);
    }
  }

  private static String fields(JsonNode document) {
    String fields =
        document.properties().stream()
            .map(JsonLinesReader::describe)
            .collect(Collectors.joining(", "));
    return fields.isEmpty() ? "none" : fields;
  }

  private static String describe(Map.Entry<String, JsonNode> entry) {
    return entry.getKey() + " (" + kind(entry.getValue()) + ")";
  }

  private static String kind(JsonNode node) {
    return node.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  private static boolean isBlank(Text line) {
    byte[] bytes = line.getBytes();
    for (int i = 0; i < line.getLength(); i++) {
      // JSON's white space and nothing else; a negative byte belongs to a longer character.
      if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
        return false;
      }
    }
    return true;
  }
}
