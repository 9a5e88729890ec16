package io.gramian.spark.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gramian.checkpoint.UserException;
import io.gramian.spark.storage.HadoopDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Questions from JSON lines {@code {"context": text, "choices": [text, ...], "answer": index}};
 * further keys and empty lines are skipped. Texts are joined as they are, so a choice begins with
 * the space that is to stand between it and the context.
 */
final class QuestionFile {

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private QuestionFile() {}

  /**
   * Reads a file, in its order.
   *
   * @throws UserException if it is not there, has no question, or a line is none
   */
  static List<Question> read(String file, Configuration hadoop) throws IOException {
    Path path = new Path(file);
    String parent = path.getParent() == null ? "." : path.getParent().toString();
    HadoopDirectory folder = HadoopDirectory.of(parent, hadoop);
    List<Question> questions = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                folder.read(path.getName()), StandardCharsets.UTF_8.newDecoder()))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          questions.add(parse(line, file + ", line " + number));
        }
      }
    } catch (NoSuchFileException e) {
      throw new UserException(file + " does not exist: give a file of questions", e);
    } catch (CharacterCodingException e) {
      throw new UserException(file + ": no valid UTF-8 after line " + number, e);
    }
    if (questions.isEmpty()) {
      throw new UserException(file + " holds no question");
    }
    return questions;
  }

  private static Question parse(String line, String where) {
    JsonNode root;
    try {
      root = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new UserException(where + ": no valid JSON: " + reason, e);
    }
    JsonNode context = root.path("context");
    JsonNode answer = root.path("answer");
    if (!context.isTextual()) {
      throw new UserException(where + ": it lacks a text \"context\"");
    }
    List<String> choices = choices(root.path("choices"), where);
    if (!answer.isInt()) {
      throw new UserException(where + ": it lacks a whole number \"answer\"");
    }
    if (answer.intValue() < 0 || answer.intValue() >= choices.size()) {
      throw new UserException(
          "%s: answer %d is none of the %d choices (0 to %d)"
              .formatted(where, answer.intValue(), choices.size(), choices.size() - 1));
    }
    return new Question(where, context.textValue(), choices, answer.intValue());
  }

  private static List<String> choices(JsonNode stored, String where) {
    if (!stored.isArray()) {
      throw new UserException(where + ": it lacks a list \"choices\"");
    }
    if (stored.size() < 2) {
      throw new UserException(
          "%s: %d choices, but there must be at least 2".formatted(where, stored.size()));
    }
    List<String> choices = new ArrayList<>();
    for (JsonNode choice : stored) {
      if (!choice.isTextual() || choice.textValue().isEmpty()) {
        throw new UserException(
            "%s: choice %d is %s, but must be a text that is not empty"
                .formatted(where, choices.size(), choice));
      }
      choices.add(choice.textValue());
    }
    return choices;
  }
}
