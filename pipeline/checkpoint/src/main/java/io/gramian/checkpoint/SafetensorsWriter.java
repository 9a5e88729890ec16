package io.gramian.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes a safetensors file as a stream: the header first, then the tensors' bytes in the order of
 * the list, in chunks of any size. Needs no memory beyond the header.
 *
 * <p>Same input, same bytes: tensors in the given order without gaps, metadata sorted by key, the
 * header padded with spaces until the data starts at a multiple of 8.
 */
public final class SafetensorsWriter implements Closeable {

  private static final JsonFactory JSON = new JsonFactory();

  private final OutputStream out;
  private final WritableByteChannel channel;
  private final List<TensorSpec> tensors;
  private int current;
  private long written;

  /**
   * Writes the header.
   *
   * @param out taken over and closed with the writer
   * @param metadata for the {@code __metadata__} entry; none is written if it is empty
   * @param tensors all of them, in the order of their data
   * @throws IllegalArgumentException if two tensors have the same name or the header is longer than
   *     the format allows
   */
  public SafetensorsWriter(OutputStream out, Map<String, String> metadata, List<TensorSpec> tensors)
      throws IOException {
    this.out = out;
    this.channel = Channels.newChannel(out);
    this.tensors = List.copyOf(tensors);
    checkNames(this.tensors);
    out.write(header(metadata, this.tensors));
    skipFinished();
  }

  /**
   * Appends the next bytes of the current tensor, little endian, and moves on to the next tensor
   * when it is complete. Consumes {@code bytes} from its position to its limit.
   *
   * @throws IllegalStateException if there are more bytes than the current tensor still lacks
   */
  public void append(ByteBuffer bytes) throws IOException {
    if (!bytes.hasRemaining()) {
      return;
    }
    if (current == tensors.size()) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%d bytes appended after the last tensor", bytes.remaining()));
    }
    TensorSpec tensor = tensors.get(current);
    if (bytes.remaining() > tensor.bytes() - written) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%d bytes appended to tensor '%s', which has %d of its %d already",
              bytes.remaining(),
              tensor.name(),
              written,
              tensor.bytes()));
    }
    written += bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    skipFinished();
  }

  /**
   * Closes the stream.
   *
   * @throws IllegalStateException if a tensor lacks bytes
   */
  @Override
  public void close() throws IOException {
    out.close();
    if (current < tensors.size()) {
      TensorSpec tensor = tensors.get(current);
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "closed with %d of the %d bytes of tensor '%s', number %d of %d",
              written,
              tensor.bytes(),
              tensor.name(),
              current + 1,
              tensors.size()));
    }
  }

  private void skipFinished() {
    while (current < tensors.size() && written == tensors.get(current).bytes()) {
      current++;
      written = 0;
    }
  }

  private static void checkNames(List<TensorSpec> tensors) {
    Set<String> names = new HashSet<>();
    for (TensorSpec tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors named '" + tensor.name() + "'");
      }
    }
  }

  private static byte[] header(Map<String, String> metadata, List<TensorSpec> tensors)
      throws IOException {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      writeMetadata(generator, metadata);
      long begin = 0;
      for (TensorSpec tensor : tensors) {
        writeTensor(generator, tensor, begin);
        begin = Math.addExact(begin, tensor.bytes());
      }
      generator.writeEndObject();
    }
    while (json.size() % Long.BYTES != 0) {
      json.write(' ');
    }
    if (json.size() > SafetensorsHeader.MAXIMUM_BYTES) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "header of %d bytes", json.size()));
    }
    return ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES + json.size())
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.size())
        .put(json.toByteArray())
        .array();
  }

  private static void writeMetadata(JsonGenerator generator, Map<String, String> metadata)
      throws IOException {
    if (metadata.isEmpty()) {
      return;
    }
    generator.writeObjectFieldStart(SafetensorsHeader.METADATA);
    for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
      generator.writeStringField(entry.getKey(), entry.getValue());
    }
    generator.writeEndObject();
  }

  private static void writeTensor(JsonGenerator generator, TensorSpec tensor, long begin)
      throws IOException {
    generator.writeObjectFieldStart(tensor.name());
    generator.writeStringField("dtype", tensor.dtype().name());
    generator.writeArrayFieldStart("shape");
    for (long size : tensor.shape()) {
      generator.writeNumber(size);
    }
    generator.writeEndArray();
    generator.writeArrayFieldStart("data_offsets");
    generator.writeNumber(begin);
    generator.writeNumber(begin + tensor.bytes());
    generator.writeEndArray();
    generator.writeEndObject();
  }
}
