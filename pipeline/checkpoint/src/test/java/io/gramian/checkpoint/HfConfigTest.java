package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HfConfigTest {

  private static final String JSON =
      """
      {"hidden_size": 256, "vocab_size": "4096", "rope_theta": 10000, "norm_eps": 1e-05,
       "big": 3000000000, "whole": 8.0, "model_type": "llama", "bias": false, "none": null,
       "time_step_limit": [0.0, Infinity], "floor": -Infinity, "eos": [1, 2], "mixed": [1, "x"],
       "architectures": ["LlamaForCausalLM"],
       "rope_scaling": {"factor": 8.0, "rope_type": "llama3"}}
      """;

  private final HfConfig config = HfConfig.parse("m/config.json", JSON);

  @TempDir private Path folder;

  @Test
  void readsNumbersThatJsonLacksAsNewerFilesTagThem() {
    HfConfig tagged =
        HfConfig.parse(
            "config.json",
            """
            {"limit": [0.0, {"__float__": "Infinity"}], "floor": {"__float__": "-Infinity"},
             "none": {"__float__": "NaN"}, "other": {"__float__": "1.5"}, "bare": {"__float__": NaN}}
            """);

    assertThat(tagged.doubles("limit")).containsExactly(0.0, Double.POSITIVE_INFINITY);
    assertThat(tagged.requireDouble("floor")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(tagged.requireDouble("none")).isNaN();
    refused(
        () -> tagged.requireDouble("other"),
        "config.json: 'other' is an object, where a number is needed");
    refused(
        () -> tagged.requireDouble("bare"),
        "config.json: 'bare' is an object, where a number is needed");
  }

  @Test
  void tellsNumbersFromWords() {
    assertThat(config.isString("model_type")).isTrue();
    assertThat(config.isString("hidden_size")).isFalse();
    assertThat(config.isString("none")).isFalse();
    assertThat(config.isString("absent")).isFalse();
  }

  @Test
  void readsEveryKind() {
    assertThat(config.requireInt("hidden_size")).isEqualTo(256);
    assertThat(config.intOr("hidden_size", 1)).isEqualTo(256);
    assertThat(config.intOr("head_dim", 64)).isEqualTo(64);
    assertThat(config.requireString("model_type")).isEqualTo("llama");
    assertThat(config.stringOr("hidden_act", "silu")).isEqualTo("silu");
    assertThat(config.doubleOr("rope_theta", 1)).isEqualTo(10000.0);
    assertThat(config.requireDouble("norm_eps")).isEqualTo(1e-5);
    assertThat(config.requireDouble("floor")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(config.booleanOr("bias", true)).isFalse();
    assertThat(config.requireBoolean("bias")).isFalse();
    assertThat(config.ints("eos")).containsExactly(1, 2);
    assertThat(config.doubles("time_step_limit")).containsExactly(0.0, Double.POSITIVE_INFINITY);
    assertThat(config.strings("architectures")).containsExactly("LlamaForCausalLM");
    assertThat(config.section("rope_scaling").requireDouble("factor")).isEqualTo(8.0);
    assertThat(config.name()).isEqualTo("m/config.json");
  }

  @Test
  void nullCountsAsAbsent() {
    assertThat(config.has("none")).isFalse();
    assertThat(config.has("bias")).isTrue();
    assertThat(config.intOr("none", 5)).isEqualTo(5);
    refused(
        () -> config.requireInt("none"),
        "m/config.json: 'none' is missing, where a 32-bit integer is needed");
  }

  @Test
  void wrongKindsSayWhatIsThereAndWhatIsNeeded() {
    refused(
        () -> config.requireInt("vocab_size"),
        "m/config.json: 'vocab_size' is the string \"4096\", where a 32-bit integer is needed");
    refused(
        () -> config.intOr("big", 1),
        "m/config.json: 'big' is the number 3000000000, where a 32-bit integer is needed");
    refused(
        () -> config.requireInt("whole"),
        "m/config.json: 'whole' is the number 8.0, where a 32-bit integer is needed");
    refused(
        () -> config.requireDouble("bias"),
        "m/config.json: 'bias' is false, where a number is needed");
    refused(
        () -> config.requireString("eos"),
        "m/config.json: 'eos' is the list [1,2], where a string is needed");
    refused(
        () -> config.booleanOr("rope_scaling", true),
        "m/config.json: 'rope_scaling' is an object, where true or false is needed");
    refused(
        () -> config.section("floor"),
        "m/config.json: 'floor' is the number -Infinity, where an object is needed");
    refused(
        () -> config.ints("mixed"),
        "m/config.json: 'mixed' holds the string \"x\" at place 1,"
            + " where a list of 32-bit integers is needed");
    refused(
        () -> config.section("rope_scaling").requireInt("original_max_position_embeddings"),
        "m/config.json: 'rope_scaling.original_max_position_embeddings' is missing,"
            + " where a 32-bit integer is needed");
  }

  @Test
  void keepsTheTextAsItWasRead() throws IOException {
    Files.writeString(folder.resolve("config.json"), JSON);
    HfConfig read = HfConfig.read(LocalDirectory.of(folder));
    assertThat(read.text()).isEqualTo(JSON);
    assertThat(read.section("rope_scaling").text()).isEqualTo(JSON);
    assertThat(read.name()).isEqualTo(folder + "/config.json");
  }

  @Test
  void whatIsNoObjectIsRefused() {
    refused(
        () -> HfConfig.parse("c", "[1]"),
        "c: a JSON object is expected, but the file holds the list [1]");
    refused(
        () -> HfConfig.parse("c", ""), "c: a JSON object is expected, but the file holds nothing");
    assertThatThrownBy(() -> HfConfig.parse("c", "{\n\"a\": }"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("c: not valid JSON at line 2, column 6: Unexpected character");
    assertThatThrownBy(() -> HfConfig.parse("c", "{\"a\":1,\"a\":2}"))
        .isInstanceOf(UserException.class)
        .hasMessageEndingWith("Duplicate field 'a'");
    assertThatThrownBy(() -> HfConfig.parse("c", "{} 7"))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("c: not valid JSON at line 1");
    assertThatThrownBy(() -> HfConfig.parse("c", "{\"a\":" + "[".repeat(5000)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nesting depth");
  }

  @Test
  void whatIsNoTextIsRefused() throws IOException {
    Files.write(folder.resolve("config.json"), new byte[] {'{', (byte) 0xff, '}'});
    refused(
        () -> HfConfig.read(LocalDirectory.of(folder)),
        folder + "/config.json: the file is not UTF-8 text");
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(UserException.class).hasMessage(message);
  }
}
