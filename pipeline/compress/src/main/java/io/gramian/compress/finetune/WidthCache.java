package io.gramian.compress.finetune;

import io.gramian.model.BlockWidths;
import io.gramian.model.DecoderSpec;
import io.gramian.model.KeepRatio;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The model at the width last asked for. Another width takes its place: cutting is a copy of what
 * stays, little beside the work of a step, and memory is what a process has least of.
 */
final class WidthCache implements AutoCloseable {

  private final FrozenModel model;
  private final AdapterLayout layout;
  private final Map<KeepRatio, Map<Integer, BlockWidths>> widths;
  private Optional<Entry> last = Optional.empty();

  private record Entry(KeepRatio ratio, WidthSlice slice) {}

  /** Widths by ratio and block index; full width is added where it is missing. */
  WidthCache(
      FrozenModel model, AdapterLayout layout, Map<KeepRatio, Map<Integer, BlockWidths>> widths) {
    this.model = model;
    this.layout = layout;
    this.widths = new HashMap<>(widths);
    this.widths.putIfAbsent(KeepRatio.FULL, everything(model.spec()));
  }

  private static Map<Integer, BlockWidths> everything(DecoderSpec spec) {
    Map<Integer, BlockWidths> all = new HashMap<>();
    spec.blocks().forEach(block -> all.put(block.blockIndex(), new BlockWidths(Map.of())));
    return all;
  }

  /** Refuses a ratio without widths. */
  void requireKnown(KeepRatio ratio) {
    if (!widths.containsKey(ratio)) {
      throw new IllegalArgumentException("no widths for " + ratio + " in " + widths.keySet());
    }
  }

  /** The model at a ratio; valid until another is asked for. */
  WidthSlice get(KeepRatio ratio) {
    requireKnown(ratio);
    Optional<Entry> hit = last.filter(entry -> entry.ratio().equals(ratio));
    if (hit.isPresent()) {
      return hit.get().slice();
    }
    close();
    WidthSlice slice = new WidthSlice(model, layout, widths.get(ratio));
    last = Optional.of(new Entry(ratio, slice));
    return slice;
  }

  /** Native bytes held beyond the whole model's. */
  long bytes() {
    return last.map(entry -> entry.slice().bytes()).orElse(0L);
  }

  @Override
  public void close() {
    last.ifPresent(entry -> entry.slice().close());
    last = Optional.empty();
  }
}
