package io.gramian.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.gramian.checkpoint.UserException;
import io.gramian.compress.LoadedDecoder;
import io.gramian.compress.TestData;
import io.gramian.compress.tensor.Tensors;
import io.gramian.model.store.ModelCheckpoint;
import io.gramian.spark.progress.ProgressListener;
import io.gramian.spark.session.TestSession;
import io.gramian.spark.storage.HadoopDirectory;
import io.gramian.spark.tokenize.TextEncoder;
import io.gramian.spark.wave.CalibrationFolder;
import io.gramian.spark.wave.WaveLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Multiple choice on the sample model against a loop over one sequence at a time. */
class ChoicesIT {

  private static final String QUESTIONS =
      """
      {"context": "It was the best of", "choices": [" times", " potatoes", " the"], "answer": 0}

      {"context": "She opened the door and ", "choices": ["went in", "ate it whole"], "answer": 0}
      {"context": "", "choices": ["The king", "Çay"], "answer": 1, "source": "nobody"}
      {"context": "Yes", "choices": [", said he.", "terday all my troubles"], "answer": 1}
      {"context": "One and one is", "choices": [" two", " two", " 2", " a pair"], "answer": 1}
      """;

  @TempDir private Path folder;

  /** One layer a wave and all layers in one. */
  @ParameterizedTest
  @ValueSource(longs = {1, Long.MAX_VALUE})
  void equalsAPlainLoopOverChoices(long waveBytes) throws IOException {
    HadoopDirectory model = CalibrationFolder.directory(TestData.folder("llama-tiny"));
    Path file = Files.writeString(folder.resolve("q.jsonl"), QUESTIONS);
    Stage stage = Stage.whole("model", model);
    EvaluateChoices evaluate =
        new EvaluateChoices(
            TestSession.context(), ProgressListener.SILENT, WaveLimits.ofWeights(waveBytes));
    QuestionSet set = QuestionSet.read(TestSession.context(), file.toString(), model, 3);
    double[] actual = evaluate.outcome(stage, set).value();
    double[] again = evaluate.outcome(stage, set).value();
    assertThat(again).containsExactly(actual);

    List<Double> expected = new ArrayList<>();
    int plain = 0;
    int normalised = 0;
    List<Question> questions =
        QuestionFile.read(file.toString(), TestSession.context().hadoopConfiguration());
    assertThat(questions).hasSize(5);
    try (ModelCheckpoint checkpoint = ModelCheckpoint.open(model);
        LoadedDecoder decoder = LoadedDecoder.load(checkpoint)) {
      TextEncoder encoder = TextEncoder.load(model);
      for (Question question : questions) {
        List<Double> own = new ArrayList<>();
        for (String choice : question.choices()) {
          own.add(plain(decoder, encoder, question, choice));
        }
        expected.addAll(own);
        plain += first(own) == question.answer() ? 1 : 0;
        for (int i = 0; i < own.size(); i++) {
          int bytes = question.choices().get(i).getBytes(StandardCharsets.UTF_8).length;
          own.set(i, own.get(i) / bytes);
        }
        normalised += first(own) == question.answer() ? 1 : 0;
      }
    }
    assertThat(actual).hasSize(13);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isNegative().isCloseTo(expected.get(i), within(1e-3));
    }
    ChoiceEvaluation evaluation = evaluate.run(stage, set);
    assertThat(evaluation.questions()).isEqualTo(5);
    assertThat(evaluation.accuracy()).isEqualTo(plain / 5.0);
    assertThat(evaluation.normalisedAccuracy()).isEqualTo(normalised / 5.0);
  }

  private static int first(List<Double> scores) {
    return scores.indexOf(scores.stream().max(Double::compare).orElseThrow());
  }

  /** Scores from where the tokens of any choice leave those of the context. */
  private static double plain(
      LoadedDecoder decoder, TextEncoder encoder, Question question, String choice) {
    int[] context = encoder.encode(question.context().stripTrailing(), "");
    int from = context.length;
    for (String other : question.choices()) {
      int[] text = encoder.encode(question.context() + other, "");
      for (int i = 0; i < from; i++) {
        if (i >= text.length || text[i] != context[i]) {
          from = i;
        }
      }
    }
    int[] text = encoder.encode(question.context() + choice, "");
    int[] prefix = encoder.prefix();
    int[] ids = new int[prefix.length + text.length];
    System.arraycopy(prefix, 0, ids, 0, prefix.length);
    System.arraycopy(text, 0, ids, prefix.length, text.length);
    double sum = 0;
    try (PointerScope scope = new PointerScope()) {
      double[] logits = Tensors.doubles(decoder.logits(ids, 1, ids.length));
      int vocabulary = logits.length / ids.length;
      for (int t = prefix.length + from; t < ids.length; t++) {
        double total = 0;
        for (int i = 0; i < vocabulary; i++) {
          total += Math.exp(logits[(t - 1) * vocabulary + i]);
        }
        sum += logits[(t - 1) * vocabulary + ids[t]] - Math.log(total);
      }
    }
    return sum;
  }

  @Test
  void linesThatAreNoQuestionsAreRefusedByNumber() throws IOException {
    String good = "{\"context\": \"a\", \"choices\": [\"b\", \"c\"], \"answer\": 0}\n\n";
    assertRefused(good + "{\"context\": ").hasMessageContaining("q.jsonl, line 3: no valid JSON: ");
    assertRefused(good + "[]").hasMessageEndingWith("line 3: it lacks a text \"context\"");
    assertRefused("{\"context\": \"a\"}")
        .hasMessageEndingWith("line 1: it lacks a list \"choices\"");
    assertRefused("{\"context\": \"a\", \"choices\": [\"b\"], \"answer\": 0}")
        .hasMessageEndingWith("line 1: 1 choices, but there must be at least 2");
    assertRefused("{\"context\": \"a\", \"choices\": [\"b\", \"\"], \"answer\": 0}")
        .hasMessageEndingWith("line 1: choice 1 is \"\", but must be a text that is not empty");
    assertRefused(good.replace("\"answer\": 0", "\"answer\": 2"))
        .hasMessageEndingWith("line 1: answer 2 is none of the 2 choices (0 to 1)");
    assertRefused(good.replace("\"answer\": 0", "\"answer\": \"b\""))
        .hasMessageEndingWith("line 1: it lacks a whole number \"answer\"");
    assertRefused("\n").hasMessageEndingWith("q.jsonl holds no question");
    Files.delete(folder.resolve("q.jsonl"));
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("q.jsonl does not exist: give a file of questions");
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Files.write(folder.resolve("q.jsonl"), new byte[] {'{', (byte) 0xff, '}', '\n'});
    assertThatThrownBy(this::read)
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("q.jsonl: no valid UTF-8 after line 0");
  }

  @Test
  void aQuestionWithoutAnythingToStartFromIsRefused() throws IOException {
    Path plain = Files.createDirectories(folder.resolve("plain"));
    Path model = TestData.folder("llama-tiny");
    String config = Files.readString(model.resolve("config.json"));
    Files.writeString(
        plain.resolve("config.json"), config.replaceAll("\"[be]os_token_id\": *0,", ""));
    Files.copy(model.resolve("tokenizer.json"), plain.resolve("tokenizer.json"));
    Path file =
        Files.writeString(
            folder.resolve("q.jsonl"),
            "{\"context\": \"\", \"choices\": [\"b\", \"c\"], \"answer\": 0}");
    assertThatThrownBy(
            () ->
                QuestionSet.read(
                    TestSession.context(), file.toString(), CalibrationFolder.directory(plain), 2))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith(
            "q.jsonl, line 1: the context is empty, and the model has no token that begins a text:"
                + " give a context");
  }

  @Test
  void aQuestionThatIsTooLongIsRefusedWithTheNumbers() throws IOException {
    String context = "word ".repeat(5000);
    assertRefused("{\"context\": \"" + context + "\", \"choices\": [\"b\", \"c\"], \"answer\": 0}")
        .message()
        .matches(
            "(?s).*q.jsonl, line 1: \\d+ tokens with choice 0, but the model takes \\d+"
                + " \\(max_position_embeddings\\): shorten the context.*");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertRefused(String questions)
      throws IOException {
    Files.writeString(folder.resolve("q.jsonl"), questions);
    return assertThatThrownBy(this::read).isInstanceOf(UserException.class);
  }

  private void read() throws IOException {
    HadoopDirectory model = CalibrationFolder.directory(TestData.folder("llama-tiny"));
    QuestionSet.read(TestSession.context(), folder.resolve("q.jsonl").toString(), model, 2);
  }
}
