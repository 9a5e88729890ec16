package io.gramian.edge.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.UserException;
import io.gramian.edge.EdgeModel;
import io.gramian.edge.EdgeSession;
import io.gramian.edge.SampleModel;
import io.gramian.edge.SessionSettings;
import io.gramian.edge.sampling.TopP;
import io.gramian.edge.tokenizer.Tokenizer;
import io.gramian.model.KeepRatio;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratorTest {

  private static final String PROMPT = "And the king said unto";
  private static final int TOKENS = 12;
  private static final int ROOM = 64;

  private static EdgeModel model;
  private static Tokenizer tokenizer;

  @TempDir private Path folder;

  @BeforeAll
  static void open() throws IOException {
    model = SampleModel.open();
    tokenizer = Tokenizer.read(SampleModel.FOLDER);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static EdgeSession session(int positions) {
    return model.session(new SessionSettings(positions, 4, KeepRatio.FULL));
  }

  private static Generation generate(Tokenizer tokens, int positions, GeneratorSettings settings) {
    return new Generator(session(positions), tokens, settings).generate(PROMPT, piece -> {});
  }

  /** The likeliest tokens, by hand. */
  private static List<Integer> expected() {
    EdgeSession session = session(ROOM);
    float[] logits = session.append(tokenizer.encode(PROMPT));
    List<Integer> ids = new ArrayList<>();
    while (ids.size() < TOKENS) {
      int id = likeliest(logits);
      ids.add(id);
      logits = session.append(id);
    }
    return ids;
  }

  private static int likeliest(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((a, b) -> logits[b] > logits[a] ? b : a)
        .getAsInt();
  }

  @Test
  void greedyTextIsThatOfTheLikeliestTokens() {
    List<String> pieces = new ArrayList<>();
    Generation generation =
        new Generator(session(ROOM), tokenizer, GeneratorSettings.greedy(TOKENS))
            .generate(PROMPT, pieces::add);

    List<Integer> ids = expected();
    assertThat(generation.ids()).isEqualTo(ids);
    assertThat(generation.tokens()).isEqualTo(TOKENS);
    assertThat(generation.end()).isEqualTo(EndReason.LIMIT);
    assertThat(generation.text())
        .isNotBlank()
        .isEqualTo(tokenizer.decode(ids.stream().mapToInt(Integer::intValue).toArray()))
        .isEqualTo(String.join("", pieces));
    assertThat(pieces).hasSizeGreaterThan(1).doesNotContain("");
  }

  @Test
  void endTokenEndsTheTextAndIsNotInIt() throws IOException {
    List<Integer> ids = expected();
    int end = ids.get(TOKENS / 2);
    Files.copy(
        SampleModel.FOLDER.path().resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
    Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": " + end + "}");
    Tokenizer ending = Tokenizer.read(LocalDirectory.of(folder));

    Generation generation = generate(ending, ROOM, GeneratorSettings.greedy(TOKENS));

    assertThat(generation.end()).isEqualTo(EndReason.END_TOKEN);
    assertThat(generation.ids()).isEqualTo(ids.subList(0, ids.indexOf(end)));
    assertThat(generation.timing().passes()).isEqualTo(generation.tokens());
  }

  /** One more token than there is room for: nothing has to read the last one. */
  @Test
  void roomEndsTheText() {
    int positions = tokenizer.encode(PROMPT).length + 3;
    Generation generation = generate(tokenizer, positions, GeneratorSettings.greedy(TOKENS));

    assertThat(generation.end()).isEqualTo(EndReason.ROOM);
    assertThat(generation.ids()).isEqualTo(expected().subList(0, 4));
  }

  @Test
  void timesAreTheClocks() {
    AtomicLong seconds = new AtomicLong();
    GeneratorSettings settings =
        GeneratorSettings.greedy(TOKENS).clock(() -> 1_000_000_000L * seconds.getAndIncrement());

    assertThat(generate(tokenizer, ROOM, settings).timing())
        .isEqualTo(new Generation.Timing(1, TOKENS - 1, TOKENS - 1));
    assertThat(new Generation.Timing(1, 4, 8).tokensPerSecond()).isEqualTo(2);
    assertThat(new Generation.Timing(1, 0, 0).tokensPerSecond()).isZero();
  }

  @Test
  void policyIsAskedBetweenTokens() {
    List<WidthPolicy.Observation> seen = new ArrayList<>();
    AtomicLong clock = new AtomicLong();
    GeneratorSettings settings =
        GeneratorSettings.greedy(4)
            .clock(() -> clock.getAndAdd(5))
            .widths(
                (current, observation) -> {
                  seen.add(observation);
                  return current;
                });
    generate(tokenizer, ROOM, settings);

    int prompt = tokenizer.encode(PROMPT).length;
    assertThat(seen)
        .containsExactly(
            new WidthPolicy.Observation(prompt, 0),
            new WidthPolicy.Observation(prompt + 1, 5),
            new WidthPolicy.Observation(prompt + 2, 5));
  }

  /** This model has one width, so that setting another shows. */
  @Test
  void theWidthOfAPolicyIsSet() {
    GeneratorSettings settings =
        GeneratorSettings.greedy(4).widths((current, seen) -> new KeepRatio(0.85));

    assertThatThrownBy(() -> generate(tokenizer, ROOM, settings))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("keep ratio 0.85 of a checkpoint of floating-point numbers");
  }

  @Test
  void theSameSeedMakesTheSameText() {
    List<Integer> first =
        generate(tokenizer, ROOM, GeneratorSettings.greedy(TOKENS).sampling(new TopP(2, 1, 7)))
            .ids();

    assertThat(
            generate(tokenizer, ROOM, GeneratorSettings.greedy(TOKENS).sampling(new TopP(2, 1, 7)))
                .ids())
        .isEqualTo(first)
        .isNotEqualTo(expected());
  }

  @Test
  void whatCannotBeAnsweredIsRefused() {
    Generator generator = new Generator(session(4), tokenizer, GeneratorSettings.greedy(1));

    assertThatThrownBy(() -> generator.generate("", piece -> {}))
        .isInstanceOf(UserException.class)
        .hasMessage("the prompt has no tokens: give at least a word");
    assertThatThrownBy(() -> generator.generate(new int[5], piece -> {}))
        .isInstanceOf(UserException.class)
        .hasMessage("5 tokens behind 0, but the session has room for 4: open a longer one");
    assertThatThrownBy(() -> GeneratorSettings.greedy(0))
        .isInstanceOf(UserException.class)
        .hasMessage("a text of 0 tokens: give at least 1");
  }
}
