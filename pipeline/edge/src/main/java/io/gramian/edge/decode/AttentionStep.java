package io.gramian.edge.decode;

import io.gramian.edge.kernel.Share;
import io.gramian.edge.team.Upcoming;
import io.gramian.edge.team.Worker;
import io.gramian.model.Attention;
import io.gramian.model.HeadLayout;
import java.util.List;
import java.util.Optional;

/**
 * Causal grouped-query attention on a key-value cache, {@code softmax(q k' / sqrt(d)) v} with
 * {@code d} the original head size. Of several tokens all keys and values are stored before anybody
 * looks at them. Of a single one nobody waits for that: who attends takes the newest key and value
 * from where they were computed.
 */
final class AttentionStep implements Step {

  private final HeadLayout layout;
  private final Input normed;
  private final JoinedMaps projected;
  private final ResidualOutput output;
  private final AttentionHeads[] heads;

  AttentionStep(Binding binding, Attention narrow, AttentionState state) {
    Attention stored = (Attention) binding.stored().block().mixer();
    Workspace workspace = binding.workspace();
    this.layout = narrow.layout();
    this.normed = binding.normedStream(stored.query());
    this.projected =
        binding.joined(
            normed, List.of(stored.query(), stored.key(), stored.value()), Workspace.Slot.FIRST);
    int size = narrow.valueSize();
    float[] attended = workspace.slot(Workspace.Slot.ATTENDED, layout.heads() * size);
    Input mixed = binding.input(stored.output(), attended);
    this.output =
        binding.residual(stored.output(), mixed, DroppedValueBias.of(binding, stored, size));
    PairLayout pairs = binding.stored().pairs();
    Optional<RotaryGather> rotary =
        narrow
            .rotary()
            .map(rope -> new RotaryGather(rope, layout.kvHeads(), pairs, state.angles(rope)));
    AttentionHeads.Shared shared = new AttentionHeads.Shared(projected, rotary, attended);
    this.heads = new AttentionHeads[workspace.workers()];
    for (int i = 0; i < heads.length; i++) {
      AttentionHeads.Own own = new AttentionHeads.Own(state.cache(), state.scores()[i]);
      heads[i] = new AttentionHeads(workspace.kernels(), narrow, shared, own);
    }
  }

  @Override
  public void fetch(Worker worker) {
    projected.fetch(worker);
  }

  @Override
  public void run(Worker worker, Batch batch, Upcoming next) {
    int tokens = batch.tokens();
    normed.arrange(worker, tokens);
    projected.multiply(worker, tokens);
    worker.meet();
    if (tokens == 1) {
      attendNewest(worker, batch.position());
    } else {
      store(worker, batch);
      worker.meet();
      attend(worker, batch);
    }
    worker.meet(output);
    output.add(worker, tokens, next);
  }

  /**
   * Every query head is some worker's; who has the first one of a KV head stores that, behind its
   * queries, which have brought the cache's other positions near.
   */
  private void attendNewest(Worker worker, int position) {
    Share share = worker.share();
    AttentionHeads own = heads[worker.index()];
    int sharing = layout.queriesPerKvHead();
    int from = share.from(layout.heads());
    int to = share.to(layout.heads());
    for (int head = from; head < to; head++) {
      if (head == from || head % sharing == 0) {
        own.rotateKey(head / sharing, 0);
      }
      own.attendNewest(head, position);
      int first = head / sharing * sharing;
      if (first >= from && (head + 1 == to || head + 1 == first + sharing)) {
        own.store(head / sharing, 0, position);
      }
    }
  }

  /** Every key and value head of all tokens is some worker's. */
  private void store(Worker worker, Batch batch) {
    AttentionHeads own = heads[worker.index()];
    Share share = worker.share();
    for (int head = share.from(layout.kvHeads()); head < share.to(layout.kvHeads()); head++) {
      for (int token = 0; token < batch.tokens(); token++) {
        own.rotateKey(head, token);
        own.store(head, token, batch.position() + token);
      }
    }
  }

  /** Every query head of every token is some worker's. */
  private void attend(Worker worker, Batch batch) {
    int units = layout.heads() * batch.tokens();
    for (int unit = worker.share().from(units); unit < worker.share().to(units); unit++) {
      int token = unit / layout.heads();
      heads[worker.index()].attend(unit % layout.heads(), token, batch.position() + token + 1);
    }
  }
}
