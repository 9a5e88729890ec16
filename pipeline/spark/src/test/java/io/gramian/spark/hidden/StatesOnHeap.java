package io.gramian.spark.hidden;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Hidden states in an array, {@code [sequences, positions, h]}. */
final class StatesOnHeap implements StateRows {

  private final int positions;
  private final int hiddenSize;
  private final float[] values;

  StatesOnHeap(int sequences, int positions, int hiddenSize) {
    this.positions = positions;
    this.hiddenSize = hiddenSize;
    this.values = new float[sequences * positions * hiddenSize];
  }

  static StatesOnHeap zeros(ShardHeader header) {
    return new StatesOnHeap(header.sequences(), header.positions(), header.hiddenSize());
  }

  /** Random everywhere, padding included. */
  static StatesOnHeap random(long seed, MicroShard shard, int hiddenSize) {
    StatesOnHeap states = new StatesOnHeap(shard.sequences(), shard.positions(), hiddenSize);
    Random random = new Random(seed);
    for (int i = 0; i < states.values.length; i++) {
      states.values[i] = (float) random.nextGaussian();
    }
    return states;
  }

  /** Shard 12 with random tokens, of sequences of these lengths from number 24 on. */
  static MicroShard shard(long seed, int... lengths) {
    Random random = new Random(seed);
    List<int[]> sequences = new ArrayList<>();
    for (int length : lengths) {
      sequences.add(random.ints(length, 1, 1000).toArray());
    }
    return MicroShard.of(12, 24, sequences);
  }

  float[] values() {
    return values;
  }

  /** A copy in which padding is zero. */
  float[] withoutPadding(int[] lengths) {
    float[] copy = values.clone();
    for (int sequence = 0; sequence < lengths.length; sequence++) {
      for (int position = lengths[sequence]; position < positions; position++) {
        int at = (sequence * positions + position) * hiddenSize;
        Arrays.fill(copy, at, at + hiddenSize, 0);
      }
    }
    return copy;
  }

  @Override
  public FloatBuffer rows(int sequence, int from, int count) {
    return FloatBuffer.wrap(values, (sequence * positions + from) * hiddenSize, count * hiddenSize);
  }
}
