package io.gramian.compress.finetune;

import io.gramian.compress.finetune.AdapterLayout.Place;
import io.gramian.compress.forward.Adapter;
import io.gramian.compress.forward.BlockForward;
import io.gramian.compress.tensor.Weights;
import io.gramian.compress.width.SlicedBlock;
import io.gramian.model.BlockWidths;
import io.gramian.model.Mixer;
import io.gramian.model.NarrowedBlock;
import io.gramian.model.ResidualBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * The model at one width: what {@link SlicedBlock} leaves of the frozen weights, in their own type,
 * and forward passes that add whatever adapters are set.
 *
 * <p>Holds a copy of the weights that stay. Where a width drops nothing of a block, the block's own
 * weights serve.
 */
final class WidthSlice implements AutoCloseable {

  private final List<Weights> owned = new ArrayList<>();
  private final List<BlockForward> forwards = new ArrayList<>();
  private final List<Mixer> mixers = new ArrayList<>();
  private final List<AdapterSlice> adapters = new ArrayList<>();
  private final Map<String, Adapter> live = new HashMap<>();

  /** Cuts the whole model, which must outlive this. */
  WidthSlice(FrozenModel model, AdapterLayout layout, Map<Integer, BlockWidths> widths) {
    for (ResidualBlock block : model.spec().blocks()) {
      add(block, widths.get(block.blockIndex()), model.weights(block), layout.of(block));
    }
  }

  private void add(ResidualBlock block, BlockWidths widths, Weights weights, List<Place> places) {
    ResidualBlock narrow = NarrowedBlock.of(block, widths);
    Weights left = weights;
    if (!narrow.equals(block)) {
      left = SlicedBlock.of(block, widths, weights);
      owned.add(left);
    }
    mixers.add(narrow.mixer());
    forwards.add(new BlockForward(narrow, left, name -> Optional.ofNullable(live.get(name))));
    adapters.addAll(AdapterSlice.of(block, widths, places, weights));
  }

  /** The blocks in order. */
  List<BlockForward> forwards() {
    return forwards;
  }

  /** How many of the last blocks can keep their graphs of {@code part} within {@code bytes}. */
  int affordableGraphs(MicroBatch part, long bytes) {
    GraphSize size = new GraphSize(part.positions());
    long positions = (long) part.sequences() * part.positions();
    long left = bytes;
    int count = 0;
    for (int i = mixers.size() - 1; i >= 0; i--, count++) {
      left -= mixers.get(i).accept(size) * positions;
      if (left < 0) {
        return count;
      }
    }
    return count;
  }

  /** New leaves for every adapter, in the enclosing scope. */
  List<AdapterLeaf> leaves(Tensor values) {
    return adapters.stream().map(slice -> new AdapterLeaf(slice, values)).toList();
  }

  /** What the passes add from now on. */
  void set(Map<String, Adapter> others) {
    live.clear();
    live.putAll(others);
  }

  /** Native bytes held beyond the whole model's. */
  long bytes() {
    return owned.stream().mapToLong(Weights::bytes).sum();
  }

  @Override
  public void close() {
    owned.forEach(Weights::close);
  }
}
