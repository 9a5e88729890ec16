package io.gramian.compress.statistics;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * A statistic on disk: a safetensors file with two I64 tensors a tile, {@code tile.R.C.high} and
 * {@code tile.R.C.low [rows, columns]}, worth {@code high * 2^8 + low * 2^-44} (see {@link
 * FixedPointSum}); tokens, nominal sequence length, block and site stand in its metadata.
 *
 * <p>The exact words are stored rather than doubles, so that files of two runs over disjoint text
 * can be added, and one taken from another, without a trace. Any safetensors reader can open it.
 */
public final class StatisticFile {

  static final String FORMAT = "gramian-statistic-1";

  static final String HIGH = "high";
  static final String LOW = "low";

  private StatisticFile() {}

  /** Writes the statistic and closes {@code out}. Same statistic, same bytes. */
  public static void write(Statistic statistic, OutputStream out) throws IOException {
    write(statistic.shapes(), place -> statistic, out);
  }

  /** A statistic that has a tile, if perhaps no other. */
  @FunctionalInterface
  interface PartSource {
    Statistic part(TileKey place) throws IOException;
  }

  /** The same, one tile after the other: {@code shapes} says which there are. */
  static void write(SortedMap<TileKey, List<Long>> shapes, PartSource parts, OutputStream out)
      throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    shapes.forEach(
        (place, shape) -> {
          specs.add(new TensorSpec(name(place, HIGH), DType.I64, shape));
          specs.add(new TensorSpec(name(place, LOW), DType.I64, shape));
        });
    Statistic first = parts.part(shapes.firstKey());
    try (SafetensorsWriter writer = new SafetensorsWriter(out, metadata(first), specs)) {
      for (TileKey place : shapes.keySet()) {
        Statistic part = place.equals(shapes.firstKey()) ? first : parts.part(place);
        FixedPointSum sum = part.tiles().get(place).sum();
        writer.append(bytes(sum.highWords()));
        writer.append(bytes(sum.lowWords()));
      }
    }
  }

  private static Map<String, String> metadata(Statistic statistic) {
    return Map.of(
        "format", FORMAT,
        "block", Integer.toString(statistic.key().blockIndex()),
        "site", statistic.key().site().label(),
        "tokens", Long.toString(statistic.tokens()),
        "sequence_length", Integer.toString(statistic.sequenceLength()));
  }

  static String name(TileKey place, String word) {
    return "tile." + place.row() + "." + place.column() + "." + word;
  }

  private static ByteBuffer bytes(long[] words) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(words.length, Long.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(words);
    return bytes;
  }

  /**
   * Reads a statistic whole.
   *
   * @throws UserException if the file is not one, or is damaged
   */
  public static Statistic read(SafetensorsFile file) throws IOException {
    return StatisticReader.of(file).whole();
  }
}
