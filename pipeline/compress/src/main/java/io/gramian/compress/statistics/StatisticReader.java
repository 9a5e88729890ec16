package io.gramian.compress.statistics;

import io.gramian.checkpoint.DType;
import io.gramian.checkpoint.SafetensorsFile;
import io.gramian.checkpoint.TensorInfo;
import io.gramian.checkpoint.UserException;
import io.gramian.compress.forward.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A {@link StatisticFile} that is open: what it says of itself, and its tiles one at a time. Holds
 * no tile; the file stays the caller's.
 */
public final class StatisticReader implements StatisticTiles {

  private final SafetensorsFile file;
  private final StatisticKey key;
  private final long tokens;
  private final int sequenceLength;
  private final SortedMap<TileKey, List<Long>> shapes = new TreeMap<>();

  private StatisticReader(SafetensorsFile file) {
    Map<String, String> metadata = file.metadata();
    this.file = file;
    int blockIndex = (int) number(metadata, "block", 0, Integer.MAX_VALUE);
    this.key = new StatisticKey(blockIndex, site(metadata.get("site")));
    this.tokens = number(metadata, "tokens", 1, Long.MAX_VALUE);
    this.sequenceLength = (int) number(metadata, "sequence_length", 1, Integer.MAX_VALUE);
    file.tensors().forEach(this::note);
    if (file.tensors().isEmpty()) {
      throw new IllegalArgumentException("it has no tile");
    }
    if (file.tensors().size() != 2 * shapes.size()) {
      throw new IllegalArgumentException(
          2 * shapes.size()
              + " tensors are wanted for "
              + shapes.size()
              + " tiles, there are "
              + file.tensors().size());
    }
  }

  /**
   * Reads what the file says of itself.
   *
   * @throws UserException if it is not a statistic, or is damaged
   */
  public static StatisticReader of(SafetensorsFile file) {
    String format = file.metadata().get("format");
    if (!StatisticFile.FORMAT.equals(format)) {
      throw new UserException(
          file.name()
              + " is not a Gramian statistic (format "
              + format
              + ", expected "
              + StatisticFile.FORMAT
              + "): run calibrate again");
    }
    try {
      return new StatisticReader(file);
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    }
  }

  private static UserException damaged(SafetensorsFile file, IllegalArgumentException cause) {
    return new UserException(
        file.name() + " is a damaged statistic (" + cause.getMessage() + "): run calibrate again",
        cause);
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

  private void note(TensorInfo tensor) {
    String[] parts = tensor.name().split("\\.", -1);
    if (parts.length != 4 || tensor.dtype() != DType.I64 || tensor.shape().size() != 2) {
      throw new IllegalArgumentException("unexpected tensor " + tensor.name());
    }
    int row = Integer.parseInt(parts[1]);
    int column = Integer.parseInt(parts[2]);
    if (parts[3].equals(StatisticFile.HIGH)) {
      shapes.put(new TileKey(key.blockIndex(), key.site(), row, column), tensor.shape());
    }
  }

  /** The file, for messages. */
  String name() {
    return file.name();
  }

  @Override
  public StatisticKey key() {
    return key;
  }

  @Override
  public long tokens() {
    return tokens;
  }

  @Override
  public int sequenceLength() {
    return sequenceLength;
  }

  @Override
  public SortedMap<TileKey, List<Long>> shapes() {
    return Collections.unmodifiableSortedMap(shapes);
  }

  /** Whether it is a Gram matrix of more than one tile, and so perhaps a large one. */
  public boolean isTiled() {
    return shapes.keySet().stream().anyMatch(place -> place.column() > 0);
  }

  @Override
  public Tile tile(TileKey place) {
    try {
      return read(place);
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw new UncheckedIOException(file.name() + ": " + e.getMessage(), e);
    }
  }

  /** All of it. */
  Statistic whole() throws IOException {
    return part(shapes.keySet());
  }

  /** The statistic as if it had these tiles only. */
  Statistic part(Set<TileKey> places) throws IOException {
    try {
      Map<TileKey, Tile> tiles = new TreeMap<>();
      for (TileKey place : places) {
        tiles.put(place, read(place));
      }
      return new Statistic(key, tiles, sequenceLength);
    } catch (IllegalArgumentException e) {
      throw damaged(file, e);
    }
  }

  private Tile read(TileKey place) throws IOException {
    TensorInfo high = file.info(StatisticFile.name(place, StatisticFile.HIGH));
    TensorInfo low = file.info(StatisticFile.name(place, StatisticFile.LOW));
    return new Tile(
        Math.toIntExact(high.shape().get(0)),
        Math.toIntExact(high.shape().get(1)),
        FixedPointSum.owning(words(high), words(low)),
        tokens);
  }

  private long[] words(TensorInfo tensor) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    file.read(tensor, 0, bytes);
    long[] words = new long[Math.toIntExact(tensor.elements())];
    bytes.flip().asLongBuffer().get(words);
    return words;
  }
}
