package io.gramian.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The header of a safetensors file, checked against the file's size.
 *
 * <p>The format: 8 bytes little-endian header length {@code n}, {@code n} bytes of JSON, then the
 * data section. Every byte of the data section belongs to exactly one tensor. See <a
 * href="https://github.com/huggingface/safetensors#format">the format's description</a>.
 *
 * @param metadata the {@code __metadata__} entry; empty if there is none
 * @param tensors in the order of their data
 * @param dataStart position in the file of the data section's first byte
 */
record SafetensorsHeader(Map<String, String> metadata, List<TensorInfo> tensors, long dataStart) {

  /** Bytes before the JSON: its length. */
  static final int LENGTH_BYTES = 8;

  /** The limit of the format's own reader. */
  static final long MAXIMUM_BYTES = 100_000_000;

  /** The one key that is not a tensor. */
  static final String METADATA = "__metadata__";

  /**
   * Reads and checks the header; costs its length in memory, never more than the file holds.
   *
   * @throws UserException if the header is not what the format asks for or does not fit the file
   */
  static SafetensorsHeader read(ByteSource source) throws IOException {
    int length = length(source);
    byte[] json = new byte[length];
    source.read(LENGTH_BYTES, ByteBuffer.wrap(json));
    long dataStart = (long) LENGTH_BYTES + length;
    HeaderParser.Content content =
        HeaderParser.parse(source.name(), json, source.size() - dataStart);
    List<TensorInfo> tensors = new ArrayList<>(content.tensors());
    tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    checkCoverage(source.name(), tensors, source.size() - dataStart);
    return new SafetensorsHeader(content.metadata(), List.copyOf(tensors), dataStart);
  }

  private static int length(ByteSource source) throws IOException {
    if (source.size() < LENGTH_BYTES) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: %d bytes are too few for a safetensors file, which starts with an 8-byte header length",
              source.name(),
              source.size()));
    }
    ByteBuffer buffer = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    source.read(0, buffer);
    long length = buffer.getLong(0);
    if (length < 0 || length > MAXIMUM_BYTES) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: claims a header of %s bytes, the format allows %d: not a safetensors file",
              source.name(),
              Long.toUnsignedString(length),
              MAXIMUM_BYTES));
    }
    if (length > source.size() - LENGTH_BYTES) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: claims a header of %d bytes, but only %d follow: the file is truncated, fetch it again",
              source.name(),
              length,
              source.size() - LENGTH_BYTES));
    }
    return Math.toIntExact(length);
  }

  /** Each tensor starts where the one before ends, and the last ends with the file. */
  private static void checkCoverage(String file, List<TensorInfo> tensors, long dataBytes) {
    long covered = 0;
    String before = "the header";
    for (TensorInfo tensor : tensors) {
      if (tensor.begin() < covered) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: tensor '%s' begins at byte %d of the data, inside %s, which ends at %d",
                file,
                tensor.name(),
                tensor.begin(),
                before,
                covered));
      }
      if (tensor.begin() > covered) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "%s: bytes %d to %d of the data, between %s and tensor '%s', belong to no tensor",
                file,
                covered,
                tensor.begin(),
                before,
                tensor.name()));
      }
      covered = tensor.end();
      before = "tensor '" + tensor.name() + "'";
    }
    if (covered < dataBytes) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: bytes %d to %d of the data, after %s, belong to no tensor",
              file,
              covered,
              dataBytes,
              before));
    }
  }
}
