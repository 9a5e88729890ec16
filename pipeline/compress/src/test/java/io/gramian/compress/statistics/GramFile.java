package io.gramian.compress.statistics;

import io.gramian.checkpoint.LocalDirectory;
import io.gramian.checkpoint.SafetensorsFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/** Files of Gram matrices for tests, written tile by tile: a large one never stands in memory. */
public final class GramFile {

  private GramFile() {}

  /** Rows {@code top} on and columns {@code left} on of a matrix, {@code rows x columns}. */
  @FunctionalInterface
  public interface Block {
    double[] of(long top, long left, List<Long> shape);
  }

  /** Writes {@code G [size, size]} over {@code tokens}, which is the sequence length as well. */
  public static void write(Path file, StatisticKey key, int size, int tokens, Block block)
      throws IOException {
    SortedMap<TileKey, List<Long>> shapes = new TreeMap<>();
    int edge = GramAccumulator.TILE;
    for (int row = 0; row * edge < size; row++) {
      for (int column = row; column * edge < size; column++) {
        shapes.put(
            new TileKey(key.blockIndex(), key.site(), row, column),
            List.of(
                (long) Math.min(edge, size - row * edge),
                (long) Math.min(edge, size - column * edge)));
      }
    }
    try (OutputStream out = Files.newOutputStream(file)) {
      StatisticFile.write(
          shapes,
          place -> {
            List<Long> shape = shapes.get(place);
            Tile tile = Tile.zeros(shape.get(0).intValue(), shape.get(1).intValue());
            tile.add(
                block.of((long) place.row() * edge, (long) place.column() * edge, shape), tokens);
            return new Statistic(key, Map.of(place, tile), tokens);
          },
          out);
    }
  }

  /** Writes a statistic. */
  public static void write(Path file, Statistic statistic) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      StatisticFile.write(statistic, out);
    }
  }

  /** Opens a file. */
  public static SafetensorsFile open(Path file) {
    try {
      return SafetensorsFile.open(
          LocalDirectory.of(file.getParent()).open(file.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code sum x x'} of rows {@code x [tokens, size]}, as calibration sums it. */
  public static Statistic inMemory(StatisticKey key, Tensor x) {
    GramAccumulator gram = new GramAccumulator(key, (int) x.size(1));
    gram.add(x);
    return new Statistic(key, gram.tiles(), (int) x.size(0));
  }

  /** Notes which tiles are asked for, in order. */
  public static final class Noted implements StatisticTiles {

    private final StatisticTiles tiles;
    private final List<TileKey> asked;

    /** Notes into {@code asked}. */
    public Noted(StatisticTiles tiles, List<TileKey> asked) {
      this.tiles = tiles;
      this.asked = asked;
    }

    @Override
    public StatisticKey key() {
      return tiles.key();
    }

    @Override
    public long tokens() {
      return tiles.tokens();
    }

    @Override
    public int sequenceLength() {
      return tiles.sequenceLength();
    }

    @Override
    public SortedMap<TileKey, List<Long>> shapes() {
      return tiles.shapes();
    }

    @Override
    public Tile tile(TileKey place) {
      asked.add(place);
      return tiles.tile(place);
    }
  }
}
