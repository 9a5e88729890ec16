package io.gramian.checkpoint.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes a GGUF file as a stream: the header first, then the tensors' bytes in the order of the
 * list, in chunks of any size. Same input, same bytes.
 */
public final class GgufWriter implements Closeable {

  private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 3;

  /** What readers assume where no key says otherwise. */
  private static final int ALIGNMENT = 32;

  private final OutputStream out;
  private final WritableByteChannel channel;
  private final List<GgufTensor> tensors;
  private int current;
  private long written;

  /**
   * Writes the header.
   *
   * @param out taken over and closed with the writer
   * @param tensors all of them, in the order of their data
   * @throws IllegalArgumentException if two tensors have the same name
   */
  public GgufWriter(OutputStream out, GgufMetadata metadata, List<GgufTensor> tensors)
      throws IOException {
    this.out = out;
    this.channel = Channels.newChannel(out);
    this.tensors = List.copyOf(tensors);
    out.write(header(metadata, this.tensors));
  }

  private static byte[] header(GgufMetadata metadata, List<GgufTensor> tensors) {
    LittleEndian header = new LittleEndian().raw(MAGIC).int32(VERSION);
    header.int64(tensors.size()).int64(metadata.size());
    metadata.writeTo(header);
    Set<String> names = new HashSet<>();
    long offset = 0;
    for (GgufTensor tensor : tensors) {
      if (!names.add(tensor.name())) {
        throw new IllegalArgumentException("two tensors named '" + tensor.name() + "'");
      }
      describe(header, tensor, offset);
      offset = Math.addExact(offset, tensor.bytes() + padding(tensor.bytes()));
    }
    return header.align(ALIGNMENT).bytes();
  }

  private static void describe(LittleEndian header, GgufTensor tensor, long offset) {
    List<Long> shape = tensor.shape();
    header.text(tensor.name()).int32(shape.size());
    for (int axis = shape.size() - 1; axis >= 0; axis--) {
      header.int64(shape.get(axis));
    }
    header.int32(tensor.type().code()).int64(offset);
  }

  private static int padding(long bytes) {
    return (int) Math.floorMod(-bytes, (long) ALIGNMENT);
  }

  /**
   * Appends the next bytes of the current tensor, and moves on to the next when it is complete.
   * Consumes {@code bytes} from its position to its limit.
   *
   * @throws IllegalStateException if there are more bytes than the current tensor still lacks
   */
  public void append(ByteBuffer bytes) throws IOException {
    if (current == tensors.size() || bytes.remaining() > tensors.get(current).bytes() - written) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%d bytes too many behind %s", bytes.remaining(), place()));
    }
    written += bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    long whole = tensors.get(current).bytes();
    if (written == whole) {
      out.write(new byte[padding(whole)]);
      current++;
      written = 0;
    }
  }

  private String place() {
    return String.format(
        Locale.ROOT, "%d bytes of tensor %d of %d", written, current + 1, tensors.size());
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
      throw new IllegalStateException("closed behind " + place());
    }
  }
}
