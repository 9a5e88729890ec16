package io.gramian.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One safetensors file, read by byte range: only the header is in memory. Safe for concurrent
 * reads.
 */
public final class SafetensorsFile implements Closeable {

  private final ByteSource source;
  private final SafetensorsHeader header;
  private final Map<String, TensorInfo> byName = new LinkedHashMap<>();

  private SafetensorsFile(ByteSource source, SafetensorsHeader header) {
    this.source = source;
    this.header = header;
    header.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
  }

  /**
   * Reads and checks the header. The file takes over {@code source} and closes it, here already if
   * the header is refused.
   *
   * @throws UserException if the header is not what the format asks for or does not fit the file
   */
  public static SafetensorsFile open(ByteSource source) throws IOException {
    try {
      return new SafetensorsFile(source, SafetensorsHeader.read(source));
    } catch (IOException | RuntimeException e) {
      try {
        source.close();
      } catch (IOException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** What error messages call the file. */
  public String name() {
    return source.name();
  }

  /** The header's {@code __metadata__}, sorted by key; empty if there is none. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** All tensors, in the order of their data. */
  public List<TensorInfo> tensors() {
    return header.tensors();
  }

  /** Whether the file holds {@code tensor}. */
  public boolean contains(String tensor) {
    return byName.containsKey(tensor);
  }

  /**
   * The entry of {@code tensor}.
   *
   * @throws UserException if the file has none; names the most similar one
   */
  public TensorInfo info(String tensor) {
    TensorInfo info = byName.get(tensor);
    if (info == null) {
      throw NearestName.missingTensor(name(), tensor, byName.keySet());
    }
    return info;
  }

  /**
   * Fills {@code destination} from its position to its limit with the bytes of {@code tensor} that
   * start {@code offset} bytes into it.
   *
   * @throws IndexOutOfBoundsException if the range leaves the tensor
   */
  public void read(TensorInfo tensor, long offset, ByteBuffer destination) throws IOException {
    if (offset < 0 || destination.remaining() > tensor.bytes() - offset) {
      throw new IndexOutOfBoundsException(
          String.format(
              Locale.ROOT,
              "%d bytes at offset %d of tensor '%s', which has %d",
              destination.remaining(),
              offset,
              tensor.name(),
              tensor.bytes()));
    }
    source.read(header.dataStart() + tensor.begin() + offset, destination);
  }

  /**
   * The bytes of {@code tensor}: a direct, read-only buffer in little endian order, without a copy
   * where the file is mapped.
   *
   * @throws UserException if they are 2 GiB or more, which no buffer holds
   */
  public ByteBuffer view(TensorInfo tensor) throws IOException {
    if (tensor.bytes() > Integer.MAX_VALUE) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: tensor '%s' has %d bytes, but one that is read in place must have fewer than"
                  + " 2147483648: give a packed artifact, whose tensors are smaller",
              name(),
              tensor.name(),
              tensor.bytes()));
    }
    return source.view(header.dataStart() + tensor.begin(), (int) tensor.bytes());
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
