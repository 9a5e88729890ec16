package io.gramian.compress.statistics;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.SafetensorsWriter;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.TensorSpec;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A statistic on disk: a safetensors file with two I64 tensors a tile, {@code tile.R.C.high} and
 * {@code tile.R.C.low [rows, columns]}, worth {@code high * 2^8 + low * 2^-44} (see {@link
 * FixedPointSum}); tokens, nominal sequence length, block and site stand in its metadata.
 *
 * <p>The exact words are stored rather than doubles, so that files of two runs over disjoint text
 * can be added, and one taken from another, without a trace. Any safetensors reader can open it.
 */
public final class StatisticFile {

  private static final String FORMAT = "gramian-statistic-1";

  private StatisticFile() {}

  /** Writes the statistic and closes {@code out}. Same statistic, same bytes. */
  public static void write(Statistic statistic, OutputStream out) throws IOException {
    TreeMap<TileKey, Tile> tiles = new TreeMap<>(statistic.tiles());
    List<TensorSpec> specs = new ArrayList<>();
    tiles.forEach(
        (place, tile) -> {
          List<Long> shape = List.of((long) tile.rows(), (long) tile.columns());
          specs.add(new TensorSpec(name(place, "high"), DType.I64, shape));
          specs.add(new TensorSpec(name(place, "low"), DType.I64, shape));
        });
    try (SafetensorsWriter writer = new SafetensorsWriter(out, metadata(statistic), specs)) {
      for (Tile tile : tiles.values()) {
        writer.append(bytes(tile.sum().highWords()));
        writer.append(bytes(tile.sum().lowWords()));
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

  private static String name(TileKey place, String word) {
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
   * Reads a statistic.
   *
   * @throws UserException if the file is not one, or is damaged
   */
  public static Statistic read(SafetensorsFile file) throws IOException {
    Map<String, String> metadata = file.metadata();
    if (!FORMAT.equals(metadata.get("format"))) {
      throw new UserException(
          file.name()
              + " is not a Gramian statistic (format "
              + metadata.get("format")
              + ", expected "
              + FORMAT
              + "): run calibrate again");
    }
    try {
      int blockIndex = (int) number(metadata, "block", 0, Integer.MAX_VALUE);
      StatisticKey key = new StatisticKey(blockIndex, site(metadata.get("site")));
      long tokens = number(metadata, "tokens", 1, Long.MAX_VALUE);
      int length = (int) number(metadata, "sequence_length", 1, Integer.MAX_VALUE);
      return new Statistic(key, tiles(file, key, tokens), length);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          file.name() + " is a damaged statistic (" + e.getMessage() + "): run calibrate again", e);
    }
  }

  private static long number(Map<String, String> metadata, String name, long least, long most) {
    long value = Long.parseLong(metadata.get(name));
    if (value < least || value > most) {
      throw new IllegalArgumentException(name + " is " + value);
    }
    return value;
  }

  private static Site site(String label) {
    return Arrays.stream(Site.values())
        .filter(site -> site.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown site " + label));
  }

  private static Map<TileKey, Tile> tiles(SafetensorsFile file, StatisticKey key, long tokens)
      throws IOException {
    Map<TileKey, Tile> tiles = new TreeMap<>();
    for (TensorInfo tensor : file.tensors()) {
      String[] parts = tensor.name().split("\\.", -1);
      if (parts.length != 4 || tensor.dtype() != DType.I64 || tensor.shape().size() != 2) {
        throw new IllegalArgumentException("unexpected tensor " + tensor.name());
      }
      TileKey place =
          new TileKey(
              key.blockIndex(), key.site(), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      if (parts[3].equals("high")) {
        tiles.put(place, tile(file, place, tensor, tokens));
      }
    }
    if (file.tensors().size() != 2 * tiles.size()) {
      throw new IllegalArgumentException(
          2 * tiles.size()
              + " tensors are wanted for "
              + tiles.size()
              + " tiles, there are "
              + file.tensors().size());
    }
    return tiles;
  }

  private static Tile tile(SafetensorsFile file, TileKey place, TensorInfo high, long tokens)
      throws IOException {
    FixedPointSum sum =
        FixedPointSum.ofWords(words(file, high), words(file, file.info(name(place, "low"))));
    return new Tile(
        Math.toIntExact(high.shape().get(0)), Math.toIntExact(high.shape().get(1)), sum, tokens);
  }

  private static long[] words(SafetensorsFile file, TensorInfo tensor) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    file.read(tensor, 0, bytes);
    long[] words = new long[Math.toIntExact(tensor.elements())];
    bytes.flip().asLongBuffer().get(words);
    return words;
  }
}
