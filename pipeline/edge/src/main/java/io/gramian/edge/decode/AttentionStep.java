package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheRows;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.team.Worker;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Causal grouped-query attention on a key-value cache, {@code softmax(q k' / sqrt(d)) v} with
 * {@code d} the original head size. Queries are rotated where they were computed, keys on their way
 * into the cache.
 */
final class AttentionStep implements Step {

  private final Kernels kernels;
  private final HeadLayout layout;
  private final KeyValueCache cache;
  private final Optional<RotaryGather> rotary;
  private final int rotated;
  private final int passing;
  private final int valueSize;
  private final Input normed;
  private final BoundMap query;
  private final BoundMap key;
  private final BoundMap value;
  private final float[] attended;
  private final Input mixed;
  private final ResidualOutput output;
  private final DroppedValueBias dropped;
  private final float[][] scores;
  private final CacheRows[] rows;
  private final RotaryGather.Head[] heads;

  AttentionStep(Binding binding, Attention narrow, AttentionState state) {
    Attention stored = (Attention) binding.stored().block().mixer();
    Workspace workspace = binding.workspace();
    this.kernels = workspace.kernels();
    this.layout = narrow.layout();
    this.cache = state.cache();
    this.rotary =
        narrow
            .rotary()
            .map(
                rope ->
                    new RotaryGather(
                        rope, layout.kvHeads(), binding.stored().pairs(), state.angles(rope)));
    this.rotated = rotary.map(RotaryGather::channels).orElse(0);
    this.passing = narrow.queryKeySize() - rotated;
    this.valueSize = narrow.valueSize();
    this.normed = binding.normedStream(stored.query());
    IntUnaryOperator pairs = row -> rotary.map(r -> r.boundary(row, rotated + passing)).orElse(row);
    this.query = binding.map(stored.query(), normed, Workspace.Slot.FIRST, pairs);
    this.key = binding.map(stored.key(), normed, Workspace.Slot.SECOND, pairs);
    this.value = binding.map(stored.value(), normed, Workspace.Slot.THIRD);
    this.attended = workspace.slot(Workspace.Slot.ATTENDED, layout.heads() * valueSize);
    this.mixed = binding.input(stored.output(), attended);
    this.output = binding.residual(stored.output(), mixed);
    this.dropped = DroppedValueBias.of(binding, stored, valueSize);
    this.scores = state.scores();
    this.rows = new CacheRows[workspace.workers()];
    Arrays.setAll(rows, i -> new CacheRows());
    this.heads = new RotaryGather.Head[workspace.workers()];
    Arrays.setAll(heads, i -> new RotaryGather.Head());
  }

  @Override
  public void run(Worker worker, Batch batch) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    worker.meet();
    project(worker, batch);
    worker.meet();
    attend(worker, batch);
    worker.meet();
    mixed.arrange(worker, tokens);
    worker.meet();
    output.add(worker, tokens);
    dropped.add(worker, tokens);
    worker.meet();
  }

  private void project(Worker worker, Batch batch) {
    query.multiply(worker, batch.tokens());
    key.multiply(worker, batch.tokens());
    value.multiply(worker, batch.tokens());
    for (int token = 0; token < batch.tokens(); token++) {
      rotate(worker, query, layout.queriesPerKvHead(), token);
      rotate(worker, key, 1, token);
      storeKeys(worker, batch, token);
      storeValues(worker, batch, token);
    }
  }

  /** Rotates this worker's rows of a token's heads, {@code sharing} of which share a KV head. */
  private void rotate(Worker worker, BoundMap map, int sharing, int token) {
    if (rotary.isEmpty()) {
      return;
    }
    int size = rotated + passing;
    int start = token * map.outputs();
    for (int row = map.from(worker); row < map.to(worker); ) {
      int head = row / size;
      int end = Math.min(map.to(worker), (head + 1) * size);
      RotaryGather.Head one =
          heads[worker.index()].set(map.output(), start + head * size, head / sharing);
      rotary.get().rotate(one, row - head * size, end - head * size, token);
      row = end;
    }
  }

  private void storeKeys(Worker worker, Batch batch, int token) {
    int size = rotated + passing;
    int position = batch.position() + token;
    for (int row = key.from(worker); row < key.to(worker); ) {
      int head = row / size;
      int end = Math.min(key.to(worker), (head + 1) * size);
      int within = row - head * size;
      if (within == 0) {
        cache.clearKey(head, position, rotated, passing);
      }
      int at = token * key.outputs() + head * size;
      int turned = Math.min(end - head * size, rotated);
      if (within < turned) {
        int to = cache.keyAt(head, position) + within;
        System.arraycopy(key.output(), at + within, cache.keys(), to, turned - within);
      }
      int pass = Math.max(within, rotated);
      if (pass < end - head * size) {
        int to = cache.passingKeyAt(head, position) + pass - rotated;
        System.arraycopy(key.output(), at + pass, cache.keys(), to, end - head * size - pass);
      }
      row = end;
    }
  }

  private void storeValues(Worker worker, Batch batch, int token) {
    int position = batch.position() + token;
    for (int row = value.from(worker); row < value.to(worker); ) {
      int head = row / valueSize;
      int end = Math.min(value.to(worker), (head + 1) * valueSize);
      int within = row - head * valueSize;
      if (within == 0) {
        cache.clearValue(head, position, valueSize);
      }
      int from = token * value.outputs() + row;
      int to = cache.valueAt(head, position) + within;
      System.arraycopy(value.output(), from, cache.values(), to, end - row);
      row = end;
    }
  }

  /** Every query head of every token is some worker's. */
  private void attend(Worker worker, Batch batch) {
    int units = layout.heads() * batch.tokens();
    for (int unit = worker.share().from(units); unit < worker.share().to(units); unit++) {
      attend(worker, unit / layout.heads(), unit % layout.heads(), batch);
    }
  }

  private void attend(Worker worker, int token, int head, Batch batch) {
    int shared = head / layout.queriesPerKvHead();
    int positions = batch.position() + token + 1;
    float[] weights = scores[worker.index()];
    CacheRows cached = rows[worker.index()];
    int q = token * query.outputs() + head * (rotated + passing);
    Arrays.fill(weights, 0, positions, 0);
    cache.keys(shared, cached).extent(positions, rotated);
    kernels.addScores(query.output(), q, cached, weights);
    if (passing > 0) {
      cache.passingKeys(shared, cached).extent(positions, passing);
      kernels.addScores(query.output(), q + rotated, cached, weights);
    }
    float scale = (float) (1 / Math.sqrt(layout.headSize()));
    for (int position = 0; position < positions; position++) {
      weights[position] *= scale;
    }
    kernels.softmax(weights, 0, positions);
    cache.values(shared, cached).extent(positions, valueSize);
    kernels.mix(weights, cached, attended, (token * layout.heads() + head) * valueSize);
  }
}
