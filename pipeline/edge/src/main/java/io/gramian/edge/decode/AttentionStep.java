package io.gramian.edge.decode;

import io.gramian.edge.kernel.CacheColumns;
import io.gramian.edge.kernel.CacheRows;
import io.gramian.edge.kernel.Kernels;
import io.gramian.edge.team.Worker;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import java.util.Arrays;
import java.util.Optional;

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
  private final float[][] scores;
  private final CacheRows[] rows;
  private final CacheColumns[] columns;
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
    this.query = binding.map(stored.query(), normed, Workspace.Slot.FIRST);
    this.key = binding.map(stored.key(), normed, Workspace.Slot.SECOND);
    this.value = binding.map(stored.value(), normed, Workspace.Slot.THIRD);
    this.attended = workspace.slot(Workspace.Slot.ATTENDED, layout.heads() * valueSize);
    this.mixed = binding.input(stored.output(), attended);
    this.output =
        binding.residual(stored.output(), mixed, DroppedValueBias.of(binding, stored, valueSize));
    this.scores = state.scores();
    this.rows = new CacheRows[workspace.workers()];
    Arrays.setAll(rows, i -> new CacheRows());
    this.columns = new CacheColumns[workspace.workers()];
    Arrays.setAll(columns, i -> new CacheColumns());
    this.heads = new RotaryGather.Head[workspace.workers()];
    Arrays.setAll(heads, i -> new RotaryGather.Head());
  }

  @Override
  public void run(Worker worker, Batch batch) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    query.multiply(worker, tokens);
    key.multiply(worker, tokens);
    value.multiply(worker, tokens);
    worker.meet();
    store(worker, batch);
    worker.meet();
    attend(worker, batch);
    worker.meet();
    mixed.arrange(worker, tokens);
    output.add(worker, tokens);
  }

  /** Every key and value head of every token is some worker's. */
  private void store(Worker worker, Batch batch) {
    int units = layout.kvHeads() * batch.tokens();
    for (int unit = worker.share().from(units); unit < worker.share().to(units); unit++) {
      int token = unit / layout.kvHeads();
      int head = unit % layout.kvHeads();
      storeKey(worker, head, token, batch.position() + token);
      storeValue(head, token, batch.position() + token);
    }
  }

  private void storeKey(Worker worker, int head, int token, int position) {
    int at = token * key.outputs() + head * (rotated + passing);
    rotate(worker, key.output(), at, head, token);
    cache.setKey(head, position, key.output(), at, rotated, passing);
  }

  private void storeValue(int head, int token, int position) {
    cache.clearValue(head, position, valueSize);
    int from = token * value.outputs() + head * valueSize;
    System.arraycopy(
        value.output(), from, cache.values(), cache.valueAt(head, position), valueSize);
  }

  private void rotate(Worker worker, float[] values, int at, int kvHead, int token) {
    if (rotary.isPresent()) {
      rotary.get().rotate(heads[worker.index()].set(values, at, kvHead), token);
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
    CacheColumns keys = columns[worker.index()];
    int q = token * query.outputs() + head * (rotated + passing);
    rotate(worker, query.output(), q, shared, token);
    Arrays.fill(weights, 0, positions, 0);
    cache.keys(shared, keys).extent(positions, rotated);
    kernels.addScores(query.output(), q, keys, weights);
    if (passing > 0) {
      cache.passingKeys(shared, keys).extent(positions, passing);
      kernels.addScores(query.output(), q + rotated, keys, weights);
    }
    float scale = (float) (1 / Math.sqrt(layout.headSize()));
    for (int position = 0; position < positions; position++) {
      weights[position] *= scale;
    }
    kernels.softmax(weights, 0, positions);
    CacheRows values = cache.values(shared, rows[worker.index()]).extent(positions, valueSize);
    kernels.mix(weights, values, attended, (token * layout.heads() + head) * valueSize);
  }
}
