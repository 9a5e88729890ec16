package io.gramian.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class GgufWriterTest {

  private static final GgufTensor A = new GgufTensor("a", GgufType.F32, List.of(1L, 3L));
  private static final GgufTensor B = new GgufTensor("b", GgufType.Q4_0, List.of(32L));

  private static byte[] file(GgufMetadata metadata) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GgufWriter writer = new GgufWriter(out, metadata, List.of(A, B))) {
      writer.append(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
      writer.append(ByteBuffer.wrap(new byte[] {6, 7, 8, 9, 10, 11, 12}));
      writer.append(ByteBuffer.wrap(new byte[18]));
    }
    return out.toByteArray();
  }

  private static GgufMetadata metadata() {
    return new GgufMetadata()
        .text("s", "ığ")
        .count("u", 258)
        .number("f", 1.5f)
        .yes("y")
        .no("n")
        .texts("t", List.of("x"))
        .integers("i", List.of(-1));
  }

  /** Put together by hand from the format's description. */
  @Test
  void everyByte() throws IOException {
    String expected =
        """
        47475546 03000000 0200000000000000 0700000000000000
        0100000000000000 73 08000000 0400000000000000 c4b1c49f
        0100000000000000 75 04000000 02010000
        0100000000000000 66 06000000 0000c03f
        0100000000000000 79 07000000 01
        0100000000000000 6e 07000000 00
        0100000000000000 74 09000000 08000000 0100000000000000 0100000000000000 78
        0100000000000000 69 09000000 05000000 0100000000000000 ffffffff
        0100000000000000 61 02000000 0300000000000000 0100000000000000 00000000 0000000000000000
        0100000000000000 62 01000000 2000000000000000 02000000 2000000000000000
        """
            .replaceAll("\\s", "");
    int header = expected.length() / 2;
    int data = (header + 31) / 32 * 32;

    byte[] bytes = file(metadata());

    assertThat(HexFormat.of().formatHex(bytes, 0, header)).isEqualTo(expected);
    assertThat(HexFormat.of().formatHex(bytes, data, data + 12))
        .isEqualTo("0102030405060708090a0b0c");
    assertThat(bytes).hasSize(data + 32 + 32);
    assertThat(file(metadata())).isEqualTo(bytes);
  }

  @Test
  void tooManyBytes() throws IOException {
    GgufWriter writer = new GgufWriter(new ByteArrayOutputStream(), new GgufMetadata(), List.of(A));
    assertThatThrownBy(() -> writer.append(ByteBuffer.allocate(13)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("13 bytes too many behind 0 bytes of tensor 1 of 1");
  }

  @Test
  void tooFewBytes() throws IOException {
    GgufWriter writer =
        new GgufWriter(new ByteArrayOutputStream(), new GgufMetadata(), List.of(A, B));
    writer.append(ByteBuffer.allocate(7));
    assertThatThrownBy(writer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("closed behind 7 bytes of tensor 1 of 2");
  }

  @Test
  void whatNoFileCanHold() {
    assertThatThrownBy(() -> new GgufTensor("b", GgufType.Q4_0, List.of(2L, 48L)))
        .hasMessage("tensor 'b' of Q4_0 [2, 48]");
    assertThatThrownBy(() -> new GgufTensor("c", GgufType.F32, List.of()))
        .hasMessage("tensor 'c' of F32 []");
    assertThatThrownBy(() -> new GgufMetadata().no("k").yes("k")).hasMessage("two values of k");
    assertThatThrownBy(() -> new GgufMetadata().count("k", -1)).hasMessage("k is -1");
    assertThatThrownBy(() -> new GgufMetadata().no("ı")).hasMessage("metadata key 'ı'");
    assertThatThrownBy(
            () -> new GgufWriter(new ByteArrayOutputStream(), new GgufMetadata(), List.of(A, A)))
        .hasMessage("two tensors named 'a'");
  }
}
