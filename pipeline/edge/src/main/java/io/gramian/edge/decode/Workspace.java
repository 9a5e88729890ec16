package io.gramian.edge.decode;

import io.gramian.edge.kernel.Arranged;
import io.gramian.edge.kernel.ColumnPlan;
import io.gramian.edge.kernel.ColumnShare;
import io.gramian.edge.kernel.InputLayout;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.kernel.RowSpan;
import io.gramian.edge.kernel.Share;
import io.gramian.edge.kernel.WeightRows;
import io.gramian.edge.team.Worker;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The arrays that the steps of a session compute in, one after the other. An array is made for the
 * widest step that asks for it; narrower ones use a part of it.
 */
final class Workspace {

  /** What an array holds while a step runs. */
  enum Slot {
    /** A map's inputs in the order of its kernel. */
    ARRANGED,
    /**
     * Queries, keys and values, or one half of an MLP, or all that a state space mixer projects.
     */
    FIRST,
    /** The MLP's other half, or convolved channels. */
    SECOND,
    /** A scan's outputs. */
    THIRD,
    /** What attention mixes. */
    ATTENDED,
    /** A block's output before it is added. */
    OUTPUT
  }

  private final Kernels kernels;
  private final int capacity;
  private final float[] x;
  private final float[][] token;
  private final Map<Slot, float[]> slots = new EnumMap<>(Slot.class);
  private final Map<List<?>, InputLayout> layouts = new HashMap<>();
  private final Map<List<?>, List<RowSpan[][]>> shares = new HashMap<>();
  private final Map<InputLayout, List<ColumnShare>> columns = new IdentityHashMap<>();
  private final Map<InputLayout, Arranged> arranged = new IdentityHashMap<>();
  private final Map<InputLayout, Arranged[]> arrangedByAll = new IdentityHashMap<>();
  private final float[][] own;
  private final float[][] scratch;
  private final float[][] singles;
  private final float[][] partial;

  /**
   * A workspace.
   *
   * @param workers members of the team
   * @param capacity most tokens of a batch
   * @param hidden {@code h}
   */
  Workspace(Kernels kernels, int workers, int capacity, int hidden) {
    this.kernels = kernels;
    this.capacity = capacity;
    this.x = new float[capacity * hidden];
    this.token = new float[workers][hidden];
    this.own = new float[workers][0];
    this.scratch = new float[workers][0];
    this.singles = new float[workers][0];
    this.partial = new float[workers][0];
  }

  Kernels kernels() {
    return kernels;
  }

  /** Members of the team. */
  int workers() {
    return own.length;
  }

  /** Most tokens of a batch. */
  int capacity() {
    return capacity;
  }

  /**
   * The residual stream {@code [T, h]}: shared by the workers, but for a single token, of which
   * everybody has a copy.
   */
  float[] x(Worker worker, int tokens) {
    return tokens == 1 ? token[worker.index()] : x;
  }

  /** An array of {@code perToken} floats for every token of a batch. */
  float[] slot(Slot slot, int perToken) {
    int length = Math.multiplyExact(capacity, perToken);
    float[] array = slots.get(slot);
    if (array == null || array.length < length) {
      array = new float[length];
      slots.put(slot, array);
    }
    return array;
  }

  /** Makes room for a vector of that length that every worker has for itself. */
  void reserveOwn(int length) {
    grow(own, length);
  }

  /**
   * The order of a map's inputs: the same one for all maps that can share it. What is common to the
   * layers of a model then stays in the cache while their weights pass.
   */
  InputLayout layout(WeightRows weights, ColumnPlan plan) {
    return layouts.computeIfAbsent(
        List.of(weights.shape(), plan), key -> kernels.layout(weights, plan));
  }

  /** Which rows of some maps are whose. */
  List<RowSpan[][]> shares(List<WeightRows> weights, List<List<RowSpan>> stored) {
    List<Object> shapes = weights.stream().map(WeightRows::shape).toList();
    return shares.computeIfAbsent(
        List.of(shapes, stored), key -> SharedSpans.of(weights, stored, workers()));
  }

  /** The same, in a way that depends on {@code key} only. */
  RowSpan[][] shares(List<?> key, Supplier<RowSpan[][]> made) {
    return shares.computeIfAbsent(key, unused -> List.<RowSpan[][]>of(made.get())).get(0);
  }

  /** Every worker's columns for a single token; empty if workers share out rows. */
  List<ColumnShare> columns(WeightRows weights, InputLayout layout) {
    if (!kernels.sharesColumns(weights)) {
      return List.of();
    }
    return columns.computeIfAbsent(
        layout,
        key ->
            IntStream.range(0, workers())
                .mapToObj(i -> kernels.columns(key, new Share(i, workers())))
                .toList());
  }

  /** Where the inputs of a batch are arranged. */
  Arranged arranged(InputLayout layout) {
    return arranged.computeIfAbsent(
        layout, key -> new Arranged(layout, slot(Slot.ARRANGED, layout.length())));
  }

  /** Where every worker arranges a single token for itself. */
  Arranged[] arrangedByAll(InputLayout layout) {
    return arrangedByAll.computeIfAbsent(layout, this::allocated);
  }

  private Arranged[] allocated(InputLayout layout) {
    grow(singles, layout.length());
    Arranged[] all = new Arranged[workers()];
    Arrays.setAll(all, i -> new Arranged(layout, singles[i]));
    return all;
  }

  /** Makes room for what shares of columns give. */
  void reservePartial(int length) {
    grow(partial, length);
  }

  /** What a worker's share of columns gave; read by all. */
  float[] partial(int worker) {
    return partial[worker];
  }

  /** Makes room for what products unpack. */
  void reserveScratch(int length) {
    grow(scratch, length);
  }

  private static void grow(float[][] arrays, int length) {
    for (int i = 0; i < arrays.length; i++) {
      if (arrays[i].length < length) {
        arrays[i] = new float[length];
      }
    }
  }

  /** A worker's own vector. */
  float[] own(int worker) {
    return own[worker];
  }

  /** A worker's own scratch for products. */
  float[] scratch(int worker) {
    return scratch[worker];
  }

  /** Bytes of all arrays. */
  long bytes() {
    long floats = x.length;
    for (float[] array : slots.values()) {
      floats += array.length;
    }
    for (int i = 0; i < own.length; i++) {
      floats +=
          token[i].length
              + own[i].length
              + scratch[i].length
              + singles[i].length
              + partial[i].length;
    }
    return floats * Float.BYTES;
  }
}
