package io.gramian.compress.finetune;

import io.gramian.compress.finetune.AdapterLayout.Place;
import io.gramian.compress.tensor.Scopes;
import io.gramian.compress.tensor.Tensors;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.FoldedBias;
import io.gramian.model.Attention;
import io.gramian.model.AxisSources;
import io.gramian.model.BlockWidths;
import io.gramian.model.ResidualBlock;
import io.gramian.model.TensorAxis;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * The adapter of one linear map at a width: the columns of {@code A} and the rows of {@code B} that
 * stay, by the indices that cut the map itself.
 *
 * <p>Where value biases are cut off, the output map's adapter still sees them, as constant inputs:
 * they are the part of {@code A} at the dropped columns times the biases ({@link FoldedBias}).
 */
final class AdapterSlice {

  private final Place place;
  private final int[] columns;
  private final int[] rows;
  private final int[] constantColumns;
  private final double[] constants;

  private AdapterSlice(Place place, SortedMap<TensorAxis, int[]> sources, double[] biases) {
    this.place = place;
    this.columns = axis(sources, 1, place.map().in());
    this.rows = axis(sources, 0, place.map().out());
    this.constantColumns = complement(columns, biases.length);
    this.constants = IntStream.of(constantColumns).mapToDouble(i -> biases[i]).toArray();
  }

  private int[] axis(SortedMap<TensorAxis, int[]> sources, int axis, int length) {
    int[] all = IntStream.range(0, length).toArray();
    return sources.getOrDefault(new TensorAxis(place.map().weight(), axis), all);
  }

  /** What is below {@code length} and not in {@code kept}. */
  private static int[] complement(int[] kept, int length) {
    BitSet left = new BitSet(length);
    left.set(0, length);
    IntStream.of(kept).forEach(left::clear);
    return left.stream().toArray();
  }

  /**
   * The adapters of a block at a width, in the order of {@code places}.
   *
   * @param block full width
   * @param weights its own, for the value biases
   */
  static List<AdapterSlice> of(
      ResidualBlock block, BlockWidths widths, List<Place> places, Weights weights) {
    SortedMap<TensorAxis, int[]> sources = AxisSources.of(block, widths.prefixes(block));
    return places.stream()
        .map(place -> new AdapterSlice(place, sources, biases(block, widths, place, weights)))
        .toList();
  }

  /** What reaches each column of {@code place}'s map as a constant, if some of that is cut off. */
  private static double[] biases(
      ResidualBlock block, BlockWidths widths, Place place, Weights weights) {
    if (!FoldedBias.isNeeded(block, widths)) {
      return new double[0];
    }
    Attention attention = (Attention) block.mixer();
    return attention
        .value()
        .biasName()
        .filter(name -> attention.output().equals(place.map()))
        .map(name -> perColumn(attention, weights.get(name)))
        .orElseGet(() -> new double[0]);
  }

  private static double[] perColumn(Attention attention, Tensor bias) {
    return Scopes.compute(() -> Tensors.doubles(FoldedBias.perColumn(attention, bias)));
  }

  Place place() {
    return place;
  }

  /** Channels of the full-width map's input that stay. */
  int[] columns() {
    return columns;
  }

  /** Rows of the full-width map that stay. */
  int[] rows() {
    return rows;
  }

  /** Columns that are cut off although their inputs are not zero: {@link #constants}. */
  int[] constantColumns() {
    return constantColumns;
  }

  /** The inputs of {@link #constantColumns}, the same at every position. */
  double[] constants() {
    return constants;
  }
}
