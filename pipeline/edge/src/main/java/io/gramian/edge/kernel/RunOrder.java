package io.gramian.edge.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The order in which the channels of an axis lie in memory. Neighbouring runs of one length, the
 * heads of an attention, take turns: first the first block of each, then the second of each. A
 * width keeps a prefix of every run, so what it keeps is a prefix of the order.
 */
final class RunOrder {

  /** Most channels of a block. */
  static final int BLOCK = 8;

  /** Blocks that a chunk of a single run has at least. */
  private static final int LEAST = 16;

  private RunOrder() {}

  /**
   * Neighbouring channels of one quantisation group.
   *
   * @param first channel, as stored
   * @param count of channels, at most {@link #BLOCK}
   * @param group that they share a scale with
   */
  record Block(int first, int count, int group) {}

  /**
   * Blocks that a width keeps or drops together, or almost.
   *
   * @param groups of its blocks
   */
  record Chunk(List<Block> blocks, List<Integer> groups) {}

  /** All channels in one chunk, for an axis that no width shortens. */
  static List<Chunk> fixed(int channels, int largest) {
    List<Chunk> chunks = new ArrayList<>();
    addRun(chunks, 0, channels, 0, largest, Integer.MAX_VALUE);
    return chunks;
  }

  /**
   * The chunks of an axis in the order of their places.
   *
   * @param runs channels of each run
   * @param largest channels of a group; a run's last one may be smaller
   */
  static List<Chunk> of(List<Integer> runs, int largest) {
    List<Chunk> chunks = new ArrayList<>();
    int first = 0;
    int group = 0;
    for (int run = 0; run < runs.size(); ) {
      int length = runs.get(run);
      int heads = 1;
      while (run + heads < runs.size() && runs.get(run + heads) == length) {
        heads++;
      }
      if (heads == 1) {
        addRun(chunks, first, length, group, largest, LEAST);
      } else {
        addTurns(chunks, first, length, heads, group, largest);
      }
      first += heads * length;
      group += heads * ((length + largest - 1) / largest);
      run += heads;
    }
    return chunks;
  }

  private static void addRun(
      List<Chunk> chunks, int first, int length, int group, int largest, int least) {
    List<Block> blocks = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    for (int at = 0; at < length; at = Math.min(length, at + largest)) {
      int end = Math.min(length, at + largest);
      groups.add(group + at / largest);
      for (int block = at; block < end; block += BLOCK) {
        blocks.add(new Block(first + block, Math.min(BLOCK, end - block), group + at / largest));
      }
      if (blocks.size() >= least || end == length) {
        chunks.add(new Chunk(List.copyOf(blocks), List.copyOf(groups)));
        blocks.clear();
        groups.clear();
      }
    }
  }

  private static void addTurns(
      List<Chunk> chunks, int first, int length, int heads, int group, int largest) {
    int groups = (length + largest - 1) / largest;
    for (int at = 0; at < length; at = Math.min(length, at + largest)) {
      int end = Math.min(length, at + largest);
      int own = group + at / largest;
      List<Integer> shared =
          IntStream.range(0, heads).mapToObj(head -> own + head * groups).toList();
      for (int block = at; block < end; block += BLOCK) {
        int start = first + block;
        int count = Math.min(BLOCK, end - block);
        chunks.add(
            new Chunk(
                IntStream.range(0, heads)
                    .mapToObj(head -> new Block(start + head * length, count, shared.get(head)))
                    .toList(),
                shared));
      }
    }
  }
}
