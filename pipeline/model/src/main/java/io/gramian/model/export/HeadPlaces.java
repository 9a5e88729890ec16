package io.gramian.model.export;

import io.gramian.checkpoint.packed.RegularBlocks;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import io.gramian.model.Rope;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a packed attention's heads, put back: rotary pairs at their natural places in heads
 * of the original size, value channels (which have no order that others know) as they are.
 */
final class HeadPlaces {

  private final Attention attention;
  private final HeadLayout layout;

  HeadPlaces(Attention attention) {
    this.attention = attention;
    this.layout = attention.layout();
  }

  /** Rows of the query map, or of the key map where {@code queries} is 1. */
  int[] rotary(int queries, PairPlace format) {
    int size = layout.headSize();
    int stored = attention.queryKeySize();
    int[] rows = new int[layout.kvHeads() * queries * size];
    for (int head = 0; head < rows.length / size; head++) {
      int[] places = placeOfPair(head / queries);
      for (int channel = 0; channel < size; channel++) {
        int place = places[format.pair(channel, size / 2)];
        rows[head * size + channel] =
            place == RegularBlocks.ZEROS
                ? RegularBlocks.ZEROS
                : head * stored + 2 * place + format.half(channel, size / 2);
      }
    }
    return rows;
  }

  /** For each pair of the original model, where a KV head has it. */
  private int[] placeOfPair(int kvHead) {
    Rope rope = attention.rotary().orElseThrow();
    if (rope.pairOrders().isEmpty()) {
      return Placement.prefix(rope.pairs(), rope.pairs());
    }
    int[] places = new int[rope.inverseFrequencies().size()];
    Arrays.fill(places, RegularBlocks.ZEROS);
    List<Integer> order = rope.pairOrders().get(kvHead);
    for (int place = 0; place < order.size(); place++) {
      places[order.get(place)] = place;
    }
    return places;
  }

  /** Rows of the value map ({@code kvHeads}) or columns of the output map ({@code heads}). */
  int[] value(int heads) {
    int size = layout.headSize();
    int stored = attention.valueSize();
    int[] places = new int[heads * size];
    for (int i = 0; i < places.length; i++) {
      int channel = i % size;
      places[i] = channel < stored ? i / size * stored + channel : RegularBlocks.ZEROS;
    }
    return places;
  }
}
