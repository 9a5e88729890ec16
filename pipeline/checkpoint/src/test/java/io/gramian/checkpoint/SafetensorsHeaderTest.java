package io.gramian.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsHeaderTest {

  @Test
  void readsAWrittenHeader() throws IOException {
    String json =
        """
        {"b":{"dtype":"F32","shape":[2,3],"data_offsets":[2,26],"note":{"ignored":[1]}},
         "__metadata__":{"format":"pt"},
         "ü":{"shape":[],"dtype":"BF16","data_offsets":[0,2]},
         "none":{"dtype":"I64","shape":[0,7],"data_offsets":[26,26]}}     \s""";
    SafetensorsHeader header = read(SafetensorsBytes.of(json, 26));
    assertThat(header.metadata()).isEqualTo(Map.of("format", "pt"));
    assertThat(header.tensors())
        .containsExactly(
            new TensorInfo("ü", DType.BF16, List.of(), 0, 2),
            new TensorInfo("b", DType.F32, List.of(2L, 3L), 2, 26),
            new TensorInfo("none", DType.I64, List.of(0L, 7L), 26, 26));
    assertThat(header.dataStart()).isEqualTo(8 + json.length() + 1);
  }

  @Test
  void noTensorsAtAll() throws IOException {
    SafetensorsHeader header = read(SafetensorsBytes.of("{}", 0));
    assertThat(header.tensors()).isEmpty();
    assertThat(header.metadata()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void fileShorterThanTheHeaderLength(int size) {
    refused(
        new byte[size],
        size
            + " bytes are too few for a safetensors file,"
            + " which starts with an 8-byte header length");
  }

  @Test
  void headerLengthBeyondTheFile() {
    refused(
        SafetensorsBytes.claiming(1000, "{}", 5),
        "claims a header of 1000 bytes, but only 7 follow: the file is truncated, fetch it again");
  }

  /** Some locales write {@code %d} in digits of their own, which nobody can search for. */
  @Test
  void numbersAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      refused(
          SafetensorsBytes.claiming(1000, "{}", 5),
          "claims a header of 1000 bytes, but only 7 follow: the file is truncated, fetch it again");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void headerLengthBeyondTheLimit() {
    refused(
        SafetensorsBytes.claiming(100_000_001, "{}", 0),
        "claims a header of 100000001 bytes, the format allows 100000000: not a safetensors file");
    refused(
        SafetensorsBytes.claiming(-1, "{}", 0),
        "claims a header of 18446744073709551615 bytes, the format allows 100000000:"
            + " not a safetensors file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[1]", "null", " {}", "\"text\""})
  void headerThatIsNoObject(String json) {
    refused(
        SafetensorsBytes.of(json, 0),
        "the safetensors header must be a JSON object, but does not start with '{'");
  }

  @ParameterizedTest
  @MethodSource
  void brokenJson(String json, String problem) {
    assertThatThrownBy(() -> read(SafetensorsBytes.of(json, 0)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("bad.safetensors: the safetensors header is broken at its byte ")
        .hasMessageContaining(problem)
        .message()
        .doesNotContain("\n");
  }

  static Stream<Arguments> brokenJson() {
    String scalar = "{'dtype':'U8','shape':[0],'data_offsets':[0,0]}";
    return Stream.of(
        json("{'w':", "Unexpected end-of-input"),
        json("{'w' 1}", "Unexpected character"),
        json("{'w':" + scalar + ",'w':" + scalar + "}", "Duplicate field 'w'"),
        json("{'w':{'dtype':'U8','dtype':'I8'}}", "Duplicate field 'dtype'"),
        json("{'w':{'shape':[99999999999999999999]}}", "out of range of long"),
        json("{'w':{'x':" + "[".repeat(2000), "nesting depth"));
  }

  @Test
  void headerInAnotherEncoding() {
    // Jackson takes the zeros for UTF-32, in which the next four bytes are no character.
    assertThatThrownBy(() -> read(SafetensorsBytes.of("{\0\0\0\177\177\177\177", 0)))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("bad.safetensors: the safetensors header is not UTF-8: ");
  }

  @ParameterizedTest
  @MethodSource
  void badEntries(String json, String problem) {
    refused(SafetensorsBytes.of(json, 8), problem);
  }

  static Stream<Arguments> badEntries() {
    return Stream.of(
        json(
            "{'w':7}",
            "'w' in the safetensors header is an integer"
                + " instead of an object with dtype, shape and data_offsets"),
        json(
            "{'__metadata__':[]}",
            "'__metadata__' in the safetensors header is a list"
                + " instead of an object of strings"),
        json(
            "{'__metadata__':{'step':3}}",
            "'__metadata__.step' in the safetensors header is an integer" + " instead of a string"),
        json(
            "{'w':{'dtype':8}}",
            "'w.dtype' in the safetensors header is an integer instead of a string"),
        json(
            "{'w':{'shape':[1.5]}}",
            "'w.shape' in the safetensors header is a fraction" + " instead of a list of integers"),
        json(
            "{'w':{'data_offsets':{}}}",
            "'w.data_offsets' in the safetensors header is an object"
                + " instead of a list of integers"),
        json("{} {}", "the safetensors header holds more than one JSON object"),
        json(
            "{'w':{'dtype':'F32','shape':[2]}}",
            "tensor 'w' lacks one of dtype, shape and data_offsets"),
        json(tensor("w", "F32", "2", "0"), "tensor 'w' has 1 data_offsets instead of 2"),
        json(
            tensor("w", "F4", "2", "0,8"),
            "tensor 'w' has element type 'F4'; known are [BOOL, U8, I8, F8_E4M3, F8_E5M2, U16,"
                + " I16, F16, BF16, U32, I32, F32, U64, I64, F64]"),
        json(tensor("a\\nb", "F32", "2", "0,8"), "tensor 'a?b' has control characters in its name"),
        json(
            tensor("w", "F32", "-2", "0,8"),
            "tensor 'w' has -2 in its shape: sizes are not negative"),
        json(
            tensor("w", "F32", "2", "-8,8"),
            "tensor 'w' has -8 in its data_offsets: sizes are not negative"),
        json(
            tensor("w", "F32", "1" + ",1".repeat(64), "0,8"),
            "tensor 'w' has more than 64 values in its shape"));
  }

  @ParameterizedTest
  @MethodSource
  void badRanges(String json, String problem) {
    refused(SafetensorsBytes.of(json, 8), problem);
  }

  static Stream<Arguments> badRanges() {
    return Stream.of(
        json(tensor("w", "F32", "2", "8,0"), "tensor 'w' begins at byte 8, after its end 0"),
        json(
            tensor("w", "F32", "3", "0,12"),
            "tensor 'w' ends at byte 12 of the data, which has only 8:"
                + " the file is truncated, fetch it again"),
        json(
            tensor("w", "F32", "3", "0,8"),
            "tensor 'w' is F32 [3] = 12 bytes, but its byte range 0 to 8 holds 8"),
        json(
            tensor("w", "U8", "4294967296,4294967304", "0,8"),
            "tensor 'w' is U8 [4294967296, 4294967304], more bytes than a 64-bit number holds"),
        json(
            tensor("w", "F64", "2305843009213693953", "0,8"),
            "tensor 'w' is F64 [2305843009213693953], more bytes than a 64-bit number holds"),
        json(
            tensors(tensor("a", "U8", "5", "0,5"), tensor("b", "U8", "4", "4,8")),
            "tensor 'b' begins at byte 4 of the data, inside tensor 'a', which ends at 5"),
        json(
            tensors(tensor("a", "U8", "8", "0,8"), tensor("b", "U8", "8", "0,8")),
            "tensor 'b' begins at byte 0 of the data, inside tensor 'a', which ends at 8"),
        json(
            tensors(tensor("a", "U8", "3", "0,3"), tensor("b", "U8", "4", "4,8")),
            "bytes 3 to 4 of the data, between tensor 'a' and tensor 'b', belong to no tensor"),
        json(
            tensor("a", "U8", "7", "1,8"),
            "bytes 0 to 1 of the data, between the header and tensor 'a', belong to no tensor"),
        json(
            tensor("a", "U8", "6", "0,6"),
            "bytes 6 to 8 of the data, after tensor 'a', belong to no tensor"));
  }

  private static Arguments json(String json, String problem) {
    return Arguments.of(json.replace('\'', '"'), problem);
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "{'%s':{'dtype':'%s','shape':[%s],'data_offsets':[%s]}}"
        .formatted(name, dtype, shape, offsets);
  }

  private static String tensors(String first, String second) {
    return first.substring(0, first.length() - 1) + "," + second.substring(1);
  }

  private static void refused(byte[] bytes, String problem) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(UserException.class)
        .hasMessage("bad.safetensors: " + problem);
  }

  private static SafetensorsHeader read(byte[] bytes) throws IOException {
    return SafetensorsHeader.read(new MemorySource("bad.safetensors", bytes));
  }
}
