package io.gramian.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SafetensorsRoundTripTest {

  private static final List<DType> DTYPES = List.of(DType.values());
  private static final List<Long> AWKWARD_SIZES = List.of(0L, 1L, 2L, 13L, 207L);

  @Test
  void randomFilesComeBackAsTheyWere() throws IOException {
    for (int seed = 1; seed <= 60; seed++) {
      Random random = new Random(seed);
      List<TensorSpec> specs = specs(random);
      Map<String, String> metadata = metadata(random);
      List<byte[]> contents = specs.stream().map(spec -> bytes(spec, random)).toList();

      byte[] written = write(metadata, specs, contents, random);

      try (SafetensorsFile file = SafetensorsFile.open(new MemorySource("seed" + seed, written))) {
        assertThat(file.metadata()).as("seed %d", seed).isEqualTo(metadata);
        assertThat(file.tensors().stream().map(TensorSpec::of))
            .as("seed %d", seed)
            .containsExactlyElementsOf(specs);
        for (int i = 0; i < specs.size(); i++) {
          checkRandomRange(file, specs.get(i), contents.get(i), random);
        }
      }
      assertThat(write(reversed(metadata), specs, contents, random))
          .as("seed %d: same input in other chunks and map order, same bytes", seed)
          .isEqualTo(written);
    }
  }

  @Test
  void headerIsPaddedAndKeepsTheGivenOrder() throws IOException {
    byte[] bytes =
        write(
            Map.of("format", "pt"),
            List.of(
                new TensorSpec("z", DType.U8, List.of(3L)),
                new TensorSpec("a", DType.F32, List.of())),
            List.of(new byte[] {1, 2, 3}, new byte[] {4, 5, 6, 7}),
            new Random(1));
    String json =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"z\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[3,7]}}";
    int length = Math.toIntExact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
    assertThat(length % 8).isZero();
    String header = new String(bytes, 8, length, UTF_8);
    assertThat(header).startsWith(json).hasSizeLessThan(json.length() + 8);
    assertThat(header.substring(json.length())).isBlank();
    assertThat(bytes).hasSize(8 + length + 7).endsWith(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void everyElementTypeIsWritten() throws IOException {
    List<TensorSpec> specs =
        Arrays.stream(DType.values())
            .map(dtype -> new TensorSpec("t" + dtype, dtype, List.of(13L)))
            .toList();
    Random random = new Random(3);
    List<byte[]> contents = specs.stream().map(spec -> bytes(spec, random)).toList();
    byte[] written = write(Map.of(), specs, contents, random);
    try (SafetensorsFile file = SafetensorsFile.open(new MemorySource("all", written))) {
      for (TensorSpec spec : specs) {
        assertThat(file.info(spec.name()).dtype()).isEqualTo(spec.dtype());
        assertThat(file.info(spec.name()).bytes()).isEqualTo(13L * spec.dtype().bytes());
      }
    }
  }

  @Test
  void writerRefusesTooManyAndTooFewBytes() throws IOException {
    List<TensorSpec> specs =
        List.of(
            new TensorSpec("a", DType.U8, List.of(3L)),
            new TensorSpec("empty", DType.F64, List.of(0L)),
            new TensorSpec("b", DType.F16, List.of(2L)));
    SafetensorsWriter writer = new SafetensorsWriter(new ByteArrayOutputStream(), Map.of(), specs);
    writer.append(ByteBuffer.allocate(2));
    assertThatThrownBy(() -> writer.append(ByteBuffer.allocate(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("2 bytes appended to tensor 'a', which has 2 of its 3 already");
    writer.append(ByteBuffer.allocate(1));
    writer.append(ByteBuffer.allocate(1));
    assertThatThrownBy(writer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("closed with 1 of the 4 bytes of tensor 'b', number 3 of 3");
    writer.append(ByteBuffer.allocate(3));
    writer.append(ByteBuffer.allocate(0));
    assertThatThrownBy(() -> writer.append(ByteBuffer.allocate(1)))
        .hasMessage("1 bytes appended after the last tensor");
    writer.close();
  }

  @Test
  void writerRefusesTwoTensorsOfOneName() {
    TensorSpec spec = new TensorSpec("w", DType.U8, List.of());
    assertThatThrownBy(
            () -> new SafetensorsWriter(new ByteArrayOutputStream(), Map.of(), List.of(spec, spec)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two tensors named 'w'");
  }

  @Test
  void specRefusesWhatNoFileCanHold() {
    assertThatThrownBy(() -> new TensorSpec("w", DType.F32, List.of(2L, -1L)))
        .hasMessage("tensor 'w' of shape [2, -1]");
    assertThatThrownBy(() -> new TensorSpec("__metadata__", DType.F32, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TensorSpec("w", DType.F32, List.of(Long.MAX_VALUE / 2)))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void missingTensorNamesTheNearest() throws IOException {
    TensorSpec spec = new TensorSpec("model.norm.weight", DType.U8, List.of(1L));
    byte[] written = write(Map.of(), List.of(spec), List.of(new byte[1]), new Random(1));
    try (SafetensorsFile file = SafetensorsFile.open(new MemorySource("one", written))) {
      assertThat(file.contains("model.norm.weights")).isFalse();
      assertThatThrownBy(() -> file.info("model.norm.weights"))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "one: no tensor 'model.norm.weights';"
                  + " the nearest of its 1 names is 'model.norm.weight'");
      assertThatThrownBy(() -> file.read(file.info(spec.name()), 1, ByteBuffer.allocate(1)))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessage("1 bytes at offset 1 of tensor 'model.norm.weight', which has 1");
    }
  }

  private static void checkRandomRange(
      SafetensorsFile file, TensorSpec spec, byte[] content, Random random) throws IOException {
    int from = random.nextInt(content.length + 1);
    int to = from + random.nextInt(content.length + 1 - from);
    ByteBuffer range = ByteBuffer.allocate(to - from);
    file.read(file.info(spec.name()), from, range);
    assertThat(range.array())
        .as("%s: bytes %d to %d of %s", file.name(), from, to, spec)
        .isEqualTo(Arrays.copyOfRange(content, from, to));
  }

  private static List<TensorSpec> specs(Random random) {
    List<TensorSpec> specs = new ArrayList<>();
    int count = random.nextInt(14);
    for (int i = 0; i < count; i++) {
      DType dtype = DTYPES.get(random.nextInt(DTYPES.size()));
      List<Long> shape =
          random
              .ints(random.nextInt(3), 0, AWKWARD_SIZES.size())
              .mapToObj(AWKWARD_SIZES::get)
              .toList();
      specs.add(new TensorSpec("λ.\"" + i + "\\." + random.nextInt(100), dtype, shape));
    }
    return specs;
  }

  private static Map<String, String> metadata(Random random) {
    Map<String, String> metadata = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      metadata.put("İı" + i, "line\n" + random.nextInt());
    }
    return metadata;
  }

  private static Map<String, String> reversed(Map<String, String> map) {
    List<String> keys = new ArrayList<>(map.keySet());
    Collections.reverse(keys);
    Map<String, String> reversed = new LinkedHashMap<>();
    keys.forEach(key -> reversed.put(key, map.get(key)));
    return reversed;
  }

  private static byte[] bytes(TensorSpec spec, Random random) {
    byte[] bytes = new byte[Math.toIntExact(spec.bytes())];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] write(
      Map<String, String> metadata, List<TensorSpec> specs, List<byte[]> contents, Random random)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (SafetensorsWriter writer = new SafetensorsWriter(out, metadata, specs)) {
      for (byte[] content : contents) {
        for (int at = 0; at < content.length; ) {
          int count = 1 + random.nextInt(content.length - at);
          writer.append(ByteBuffer.wrap(content, at, count));
          at += count;
        }
      }
    }
    return out.toByteArray();
  }
}
